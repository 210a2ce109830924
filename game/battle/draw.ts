import { sum, toAmount, type Amount } from '../../schema/amount.ts'
import { itemAsset } from '../../schema/asset.ts'
import { drawBelow, drawPrize } from '../fairness/draw.ts'
import type { DrawLine } from '../fairness/line.ts'
import { modes } from './modes/table.ts'
import type { Opening } from './modes/mode.ts'
import type { Battle, Payout, Pull, Result } from './state.ts'

/** The published part of what decides a battle. Every seat must be taken; `clientSeed` of each stands in its seat. */
export type Drawable = Pick<Battle, 'id' | 'mode' | 'asset' | 'boxes' | 'rounds'> &
  Readonly<{ seats: readonly (Readonly<{ clientSeed: string }> | null)[] }>

/** The other part, both 64 hex digits: the server seed is secret until settlement, the entropy value until it is due. */
export type Draws = Readonly<{ serverSeed: string; entropyValue: string }>

type Shared = Pick<DrawLine, 'battle' | 'mode' | 'clientSeeds' | 'entropy'>

/** What a battle comes to: a pure function of boxes, seats, mode, seeds and entropy, by `rollingdrop/battle/1`. */
export function resolve(battle: Drawable, { serverSeed, entropyValue }: Draws): Result {
  const shared = sharedLine(battle, entropyValue)
  const pulls = drawPulls(battle, serverSeed, shared)
  const openings = pulls.map((pull) => ({ round: pull.round, seat: pull.seat, value: prizeOf(battle, pull).value }))
  const totals = battle.seats.map((_seat, seat) => totalOf(openings, seat))
  const { winners, owners } = modes[battle.mode].judge({
    seats: battle.seats.length,
    rounds: battle.rounds.length,
    openings,
    totals,
    breakTie: (level) => breakTie(serverSeed, { ...shared, round: battle.rounds.length }, level),
  })
  return { pulls, totals, winners, payouts: payoutsOf(battle, pulls, owners), pot: sum(totals) }
}

/** The prize a pull stands for. */
export function prizeOf(battle: Pick<Battle, 'boxes' | 'rounds'>, pull: Pull) {
  return boxOf(battle, pull.round).prizes[pull.prize]!
}

/** The box opened in `round`. */
export function boxOf(battle: Pick<Battle, 'boxes' | 'rounds'>, round: number) {
  return battle.boxes[battle.rounds[round]!]!
}

function sharedLine(battle: Drawable, entropy: string): Shared {
  const clientSeeds = battle.seats.map((seat) => {
    if (seat === null) throw new Error('a battle with a free seat cannot be drawn')
    return seat.clientSeed
  })
  return { battle: battle.id, mode: battle.mode, clientSeeds, entropy }
}

function drawPulls(battle: Drawable, serverSeed: string, shared: Shared): Pull[] {
  return battle.rounds.flatMap((box, round) =>
    battle.seats.map((_seat, seat) => ({
      round,
      seat,
      prize: drawPrize(serverSeed, { ...shared, round, seat, draw: 0 }, battle.boxes[box]!),
    })),
  )
}

function totalOf(openings: readonly Opening[], seat: number): Amount {
  return sum(openings.filter((each) => each.seat === seat).map((each) => each.value))
}

/** One more draw for each of the level seats, all 64 bits of it; the highest wins; those level again draw again. */
export function breakTie(
  serverSeed: string,
  line: Shared & Readonly<{ round: number }>,
  level: readonly number[],
): number {
  let still = level
  for (let draw = 1; still.length > 1; draw++) {
    const drawn = still.map((seat) => drawBelow(serverSeed, { ...line, seat, draw }, 2n ** 64n))
    const highest = drawn.reduce((most, each) => (each > most ? each : most))
    still = still.filter((_seat, index) => drawn[index] === highest)
  }
  return still[0]!
}

/** Items by owner, then by when their kind first came up, each kind once with its count. */
function payoutsOf(battle: Drawable, pulls: readonly Pull[], owners: readonly number[]): Payout[] {
  const counts = battle.seats.map(() => new Map<Payout['asset'], bigint>())
  for (const [index, pull] of pulls.entries()) {
    const asset = itemAsset(prizeOf(battle, pull).sku, battle.asset)
    const mine = counts[owners[index]!]!
    mine.set(asset, (mine.get(asset) ?? 0n) + 1n)
  }
  return counts.flatMap((mine, seat) => [...mine].map(([asset, count]) => ({ seat, asset, amount: toAmount(count) })))
}
