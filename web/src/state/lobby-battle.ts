import type { BattleCreated, BattleSettled, SeatTaken } from '../../../schema/battle-event.ts'
import { isBattleMode, type BattleMode } from '../../../schema/battle-mode.ts'
import type { BattlePhase } from '../../../schema/battle-state.ts'
import type { BattleSummary } from '../../../schema/http.ts'
import { maskedUser } from '../../../schema/masked-user.ts'
import { maskedName } from '../feed/line.ts'
import { mine } from './mine.ts'
import { user as me } from './session.ts'

export type LobbySeat = Readonly<{ name: string; user: string | null; bot: boolean }>

/** A battle as the lobby lists it. */
export type LobbyBattle = Readonly<{
  id: string
  phase: BattlePhase
  mode: BattleMode
  teamSize: number
  price: bigint
  /** What the next player pays when borrowing nothing. */
  entry: bigint
  /** Percent. */
  sponsor: number
  minLevel: number
  /** Percent. */
  borrowMax: number
  rounds: readonly string[]
  seats: readonly (LobbySeat | null)[]
  createdAt: number
  winners: readonly number[]
  pot: bigint | null
}>

/** A seat as the feed tells of it; the list is shown in the same way, so that nobody changes names on a reload. */
export function seatTold(battle: string, { seat, user, bot }: SeatTaken): LobbySeat {
  const own = me.peek()
  const isOwn = own !== null && mine.peek().has(battle) && user === maskedUser(own.id)
  if (isOwn) return { name: own.name, user: own.id, bot }
  return { name: bot ? `Bot ${seat + 1}` : maskedName(user), user, bot }
}

export function fromCreated(created: BattleCreated, at_ms: number): LobbyBattle {
  return {
    id: created.battle,
    phase: 'waiting',
    mode: modeOf(created.mode),
    teamSize: created.teamSize,
    price: BigInt(created.price),
    entry: BigInt(created.entry),
    sponsor: created.sponsor,
    minLevel: created.minLevel,
    borrowMax: created.borrowMax,
    rounds: created.rounds,
    seats: Array.from({ length: created.seats }, () => null),
    createdAt: at_ms,
    winners: [],
    pot: null,
  }
}

/** A battle that is over; `before` is how it was listed, if it was. */
export function fromSettled(settled: BattleSettled, before: LobbyBattle | undefined, at_ms: number): LobbyBattle {
  return {
    id: settled.battle,
    phase: 'settled',
    mode: modeOf(settled.mode),
    teamSize: settled.teamSize,
    price: BigInt(settled.price),
    entry: before?.entry ?? BigInt(settled.price),
    sponsor: before?.sponsor ?? 0,
    minLevel: before?.minLevel ?? 0,
    borrowMax: before?.borrowMax ?? 0,
    rounds: before?.rounds ?? settled.drops.filter(({ seat }) => seat === 0).map(({ box }) => box),
    seats: settled.seats.map((taken) => seatTold(settled.battle, taken)),
    createdAt: at_ms,
    winners: settled.winners,
    pot: BigInt(settled.pot),
  }
}

export function fromSummary(battle: BattleSummary): LobbyBattle {
  return {
    id: battle.id,
    phase: battle.phase,
    mode: battle.mode,
    teamSize: battle.teamSize,
    price: BigInt(battle.price),
    entry: BigInt(battle.entry),
    sponsor: battle.sponsor,
    minLevel: battle.minLevel,
    borrowMax: battle.borrowMax,
    rounds: battle.rounds,
    seats: battle.seats.map(({ seat, user, name, bot }) => {
      if (user === null && !bot) return null
      if (user !== null && user === me.peek()?.id) return { name: name ?? 'You', user, bot }
      return seatTold(battle.id, { seat, user: user && maskedUser(user), bot })
    }),
    createdAt: battle.createdAt,
    winners: battle.winners,
    pot: battle.pot === null ? null : BigInt(battle.pot),
  }
}

const modeOf = (mode: string): BattleMode => (isBattleMode(mode) ? mode : 'standard')
