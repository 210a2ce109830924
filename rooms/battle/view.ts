import { boxOf, prizeOf } from '../../game/battle/pull.ts'
import { revealedRounds } from '../../game/battle/reveal.ts'
import { sharesOf } from '../../game/battle/split.ts'
import { entryOf } from '../../game/battle/stake.ts'
import { isPaidInMoney } from '../../game/battle/stock.ts'
import type { Battle, Pull, Result } from '../../game/battle/state.ts'
import { sum } from '../../schema/amount.ts'
import { BattleState, DropState, SeatState } from '../../schema/battle-state.ts'

export type Shown = Readonly<{
  battle: Battle
  /** Known to this node from the draw on; only what is revealed of it is ever shown. */
  result: Result | null
  /** Users with a socket in the room. */
  connected: ReadonlyMap<string, number>
  now_ms: number
}>

/** A fresh state for clients that shows this. */
export function newView(shown: Shown): BattleState {
  const { battle } = shown
  const state = new BattleState()
  state.battle = battle.id
  state.mode = battle.mode
  state.teamSize = battle.teamSize
  state.asset = battle.asset
  state.price = battle.price.toString()
  state.entry = entryOf(battle).toString()
  state.sponsor = battle.sponsor
  state.minLevel = battle.minLevel
  state.borrowMax = battle.borrowMax
  state.creator = battle.creator
  state.unlisted = battle.unlisted
  state.createdAt = battle.created_ms
  state.expiresAt = battle.expires_ms
  state.seedHash = battle.seedHash
  state.boxesHash = battle.boxesHash
  state.revealMs = battle.reveal_ms
  state.revealed = 0
  for (const round of battle.rounds.keys()) state.rounds.push(boxOf(battle, round).id)
  for (const seat of battle.seats.keys()) state.seats.push(freeSeat(seat))
  show(state, shown)
  return state
}

/** Brings a view to what may be seen at `now_ms`: of a round nothing before its time, the seed only once settled. */
export function show(state: BattleState, shown: Shown): void {
  const { battle, now_ms } = shown
  // A clock that is set back takes nothing back that was shown.
  const revealed = Math.max(state.revealed, revealedRounds(battle, now_ms))
  const pulls = pullsUntil(shown.result, revealed)
  state.phase = battle.phase
  state.entropySource = battle.entropy?.source ?? ''
  state.entropyRound = battle.entropy?.round ?? 0
  state.entropyDue = battle.entropy?.due_ms ?? 0
  state.entropy = battle.entropy?.value ?? ''
  state.revealFrom = battle.reveal_from_ms ?? 0
  if (battle.entropy !== null && state.inMoney.length === 0) state.inMoney.push(...skusInMoney(battle))
  state.revealed = revealed
  showSeats(state, shown, pulls)
  for (const pull of pulls.slice(state.drops.length)) state.drops.push(dropState(battle, pull))
  const settled = battle.phase === 'settled' ? battle.result : null
  if (settled && state.winners.length === 0) state.winners.push(...settled.winners)
  state.pot = settled?.pot.toString() ?? ''
  state.serverSeed = (settled && battle.serverSeed) ?? ''
  state.now = now_ms
}

/** Known from the start on: before, nothing is reserved. */
function skusInMoney({ limited }: Battle): string[] {
  return limited.flatMap(({ sku }) => (isPaidInMoney(limited, sku) ? [sku] : []))
}

/** How many bytes a view can take: names of boxes and items are at most 80 characters long, most far shorter. */
export function viewBytesMax({ rounds, seats, limited }: Battle): number {
  return 2_048 + 96 * (rounds.length + limited.length) + 512 * seats.length + 128 * rounds.length * seats.length
}

/** When the view next changes by time alone, unix ms; null when it does not. */
export function nextReveal(battle: Battle, now_ms: number): number | null {
  if (battle.phase !== 'revealing' || battle.reveal_from_ms === null) return null
  const revealed = revealedRounds(battle, now_ms)
  return revealed < battle.rounds.length ? battle.reveal_from_ms + revealed * battle.reveal_ms : null
}

function showSeats(state: BattleState, { battle, connected }: Shown, pulls: readonly Pull[]): void {
  const shares = battle.phase === 'settled' && battle.result ? sharesOf(battle, battle.result) : []
  for (const [index, seat] of battle.seats.entries()) {
    const view = state.seats[index]!
    const values = pulls.filter((pull) => pull.seat === index).map((pull) => prizeOf(battle, pull).value)
    view.user = seat?.user ?? ''
    view.name = seat?.name ?? ''
    view.bot = seat?.bot ?? false
    view.clientSeed = seat?.clientSeed ?? ''
    view.borrow = seat?.borrow ?? 0
    view.total = sum(values).toString()
    view.share = shares[index]?.toString() ?? ''
    view.connected = seat?.user ? (connected.get(seat.user) ?? 0) > 0 : false
  }
}

/** Pulls lie by round, then seat: what is revealed is a beginning of them. */
function pullsUntil(result: Result | null, revealed: number): readonly Pull[] {
  return result === null ? [] : result.pulls.filter(({ round }) => round < revealed)
}

function freeSeat(seat: number): SeatState {
  const view = new SeatState()
  view.seat = seat
  return view
}

function dropState(battle: Battle, pull: Pull): DropState {
  const { sku, value } = prizeOf(battle, pull)
  const view = new DropState()
  view.round = pull.round
  view.seat = pull.seat
  view.sku = sku
  view.value = value.toString()
  return view
}
