import { isBattleMode, type BattleMode } from '../../../schema/battle-mode.ts'
import type { BattlePhase, BattleState } from '../../../schema/battle-state.ts'
import type { BattleDetail } from '../../../schema/http.ts'

export type SeatView = Readonly<{
  seat: number
  user: string
  name: string
  bot: boolean
  clientSeed: string
  connected: boolean
  /** Percent of the stake, and of the winnings, that is the house’s. */
  borrow: number
  /** Worth of what the seat got; null before the settlement. */
  share: bigint | null
}>
export type DropView = Readonly<{ round: number; seat: number; sku: string; value: bigint }>

/** A battle as its page shows it, whether it came live from the room or, finished, as a record. */
export type BattleView = Readonly<{
  id: string
  phase: BattlePhase
  mode: BattleMode
  /** Seats in a row that are one side; 1 when everyone is alone. */
  teamSize: number
  price: bigint
  /** What the next player pays when borrowing nothing. */
  entry: bigint
  /** Percent. */
  sponsor: number
  minLevel: number
  /** Percent. */
  borrowMax: number
  creator: string
  unlisted: boolean
  createdAt: number
  expiresAt: number
  /** Box ids in the order they are opened. */
  rounds: readonly string[]
  /** Null where a seat is free. */
  seats: readonly (SeatView | null)[]
  seedHash: string
  /** `chain:<id>` or `drand:<hash>`; empty before the last seat. */
  entropySource: string
  entropyRound: number
  entropyDue: number
  revealMs: number
  revealed: number
  drops: readonly DropView[]
  /** Skus that are paid in money, because there are too few of them. */
  inMoney: readonly string[]
  winners: readonly number[]
  pot: bigint
  /** What this machine's clock must be ahead by to agree with the server's, ms. */
  clockAhead: number
}>

export function viewOfState(state: BattleState): BattleView {
  const amount = (text: string) => BigInt(text === '' ? '0' : text)
  return {
    id: state.battle,
    phase: state.phase as BattlePhase,
    mode: isBattleMode(state.mode) ? state.mode : 'standard',
    teamSize: state.teamSize,
    price: amount(state.price),
    entry: amount(state.entry),
    sponsor: state.sponsor,
    minLevel: state.minLevel,
    borrowMax: state.borrowMax,
    creator: state.creator,
    unlisted: state.unlisted,
    createdAt: state.createdAt,
    expiresAt: state.expiresAt,
    rounds: [...state.rounds],
    seats: [...state.seats].map((taken) => {
      if (taken.user === '' && !taken.bot) return null
      const { seat, user, name, bot, clientSeed, connected, borrow } = taken
      return {
        seat,
        user,
        name,
        bot,
        clientSeed,
        connected,
        borrow,
        share: taken.share === '' ? null : amount(taken.share),
      }
    }),
    seedHash: state.seedHash,
    entropySource: state.entropySource,
    entropyRound: state.entropyRound,
    entropyDue: state.entropyDue,
    revealMs: state.revealMs,
    revealed: state.revealed,
    drops: [...state.drops].map(({ round, seat, sku, value }) => ({ round, seat, sku, value: amount(value) })),
    inMoney: [...state.inMoney],
    winners: [...state.winners],
    pot: amount(state.pot),
    clockAhead: Date.now() - state.now,
  }
}

/** A finished battle from its record. */
export function viewOfDetail(detail: BattleDetail): BattleView {
  const { proof } = detail
  return {
    id: detail.id,
    phase: detail.phase,
    mode: detail.mode,
    teamSize: detail.teamSize,
    price: BigInt(detail.price),
    entry: BigInt(detail.entry),
    sponsor: detail.sponsor,
    minLevel: detail.minLevel,
    borrowMax: detail.borrowMax,
    creator: detail.creator,
    unlisted: detail.unlisted,
    createdAt: detail.createdAt,
    expiresAt: 0,
    rounds: detail.rounds,
    seats: detail.seats.map(({ seat, user, name, bot, borrow, share: worth }) => {
      if (user === null && !bot) return null
      const clientSeed = proof.seats.find((each) => each.seat === seat)?.clientSeed ?? ''
      const share = worth === null ? null : BigInt(worth)
      return { seat, user: user ?? '', name: name ?? 'Player', bot, clientSeed, connected: true, borrow, share }
    }),
    seedHash: proof.seedHash,
    entropySource: proof.entropy?.source ?? '',
    entropyRound: proof.entropy?.round ?? 0,
    entropyDue: 0,
    revealMs: detail.revealMs,
    revealed: detail.phase === 'settled' ? detail.rounds.length : 0,
    drops: proof.drops.map(({ round, seat, sku, value }) => ({ round, seat, sku, value: BigInt(value) })),
    inMoney: (proof.limited ?? []).flatMap(({ sku, reserved }) => (reserved === 0 ? [sku] : [])),
    winners: detail.winners,
    pot: detail.pot === null ? 0n : BigInt(detail.pot),
    clockAhead: 0,
  }
}

/** What a seat opened in the first `rounds` rounds is worth. */
export function totalOf(view: BattleView, seat: number, rounds: number): bigint {
  return view.drops.reduce(
    (total, drop) => (drop.seat === seat && drop.round < rounds ? total + drop.value : total),
    0n,
  )
}

export function dropsOf(view: BattleView, seat: number, rounds: number): readonly DropView[] {
  return view.drops.filter((drop) => drop.seat === seat && drop.round < rounds)
}
