import { sum, type Amount } from '../../schema/amount.ts'
import type { Limited } from '../../schema/battle-event.ts'
import { drawFrom, drawPrize, openUrn, type Urn } from '../fairness/draw.ts'
import { modes } from './modes/table.ts'
import { prizeOf } from './pull.ts'
import { ruleOf, sidesOf, type Seating } from './sides.ts'
import { payoutsOf } from './split.ts'
import type { Battle, Pull, Result } from './state.ts'

/** The published part of what decides a battle. Every seat must be taken. */
export type Drawable = Pick<Battle, 'id' | 'mode' | 'teamSize' | 'asset' | 'boxes' | 'rounds'> &
  Readonly<{
    limited?: readonly Limited[]
    seats: readonly (Readonly<{ clientSeed: string; borrow: number }> | null)[]
  }>

/** The other part, both 64 hex digits: the server seed is secret until settlement, the entropy value until it is due. */
export type Draws = Readonly<{ serverSeed: string; entropyValue: string }>

/** What a battle comes to: a pure function of boxes, seats, mode, seeds and entropy, by `rollingdrop/battle/1`. */
export function resolve(battle: Drawable, { serverSeed, entropyValue }: Draws): Result {
  const seating: Seating = { seats: battle.seats.length, teamSize: battle.teamSize }
  const clientSeeds = battle.seats.map(clientSeedOf)
  const mode = ruleOf(battle.mode, seating)
  const urn = openUrn(serverSeed, { battle: battle.id, mode, clientSeeds, entropy: entropyValue })
  const pulls = drawPulls(battle, urn)
  const worth = (seats: readonly number[], from: number) =>
    sum(pulls.flatMap((pull) => valueIn(battle, pull, seats, from)))
  const totals = battle.seats.map((_seat, seat) => worth([seat], 0))
  const winners = winnersOf(battle, urn, seating, worth)
  return { pulls, totals, winners, payouts: payoutsOf(battle, { pulls, totals, winners }), pot: sum(totals) }
}

function clientSeedOf(seat: Drawable['seats'][number]): string {
  if (seat === null) throw new Error('a battle with a free seat cannot be drawn')
  return seat.clientSeed
}

function drawPulls(battle: Drawable, urn: Urn): Pull[] {
  return battle.rounds.flatMap((box, round) =>
    battle.seats.map((_seat, seat) => ({
      round,
      seat,
      prize: drawPrize(urn, { round, seat, draw: 0 }, battle.boxes[box]!),
    })),
  )
}

/** The value of a pull as a list: empty when it is of another seat, or of a round before `from`. */
function valueIn(battle: Drawable, pull: Pull, seats: readonly number[], from: number): Amount[] {
  return pull.round >= from && seats.includes(pull.seat) ? [prizeOf(battle, pull).value] : []
}

/** The seats of the sides that the mode names, rising. */
function winnersOf(
  { mode, rounds }: Drawable,
  urn: Urn,
  seating: Seating,
  worth: (seats: readonly number[], from: number) => Amount,
): readonly number[] {
  const sides = sidesOf(seating)
  const round = rounds.length
  const winning = modes[mode].judge({
    totals: sides.map((side) => worth(side, 0)),
    last: sides.map((side) => worth(side, round - 1)),
    breakTie: (level) => breakTie(urn, { round, seats: sides.map((side) => side[0]!) }, level),
    drawTicket: (n) => drawFrom(urn, { round, seat: 0, draw: 0 }, n),
  })
  return winning.flatMap((side) => sides[side]!)
}

/**
 * One more draw for each of the level sides, all 64 bits of it, at the first seat of each; the highest wins; those level
 * again draw again.
 */
export function breakTie(
  urn: Urn,
  { round, seats }: Readonly<{ round: number; seats: readonly number[] }>,
  level: readonly number[],
): number {
  let still = level
  for (let draw = 1; still.length > 1; draw++) {
    const drawn = still.map((side) => drawFrom(urn, { round, seat: seats[side]!, draw }, 2n ** 64n))
    const highest = drawn.reduce((most, each) => (each > most ? each : most))
    still = still.filter((_side, index) => drawn[index] === highest)
  }
  return still[0]!
}
