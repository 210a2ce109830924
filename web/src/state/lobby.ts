import { computed, signal } from '@preact/signals'
import type { FeedUpdate } from '../../../client-sdk/api.ts'
import { isBattleMode, type BattleMode } from '../../../schema/battle-mode.ts'
import type { BattleCreated, BattleJoined, BattleLeft, BattleSettled, SeatTaken } from '../../../schema/battle-event.ts'
import type { BattlePhase } from '../../../schema/battle-state.ts'
import type { FeedEvent } from '../../../schema/feed.ts'
import type { BattleSummary } from '../../../schema/http.ts'
import { maskedUser } from '../../../schema/masked-user.ts'
import { sdk } from '../sdk.ts'
import { maskedName } from '../feed/line.ts'
import { onFeed } from './feed.ts'
import { mine } from './mine.ts'
import { user as me } from './session.ts'
import { toastError } from './toast.ts'

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

const RECENT_MAX = 8

export const loaded = signal(false)
const current = signal<ReadonlyMap<string, LobbyBattle>>(new Map())
export const recent = signal<readonly LobbyBattle[]>([])

const newestFirst = (a: LobbyBattle, b: LobbyBattle) => b.createdAt - a.createdAt
export const waiting = computed(() =>
  [...current.value.values()].filter(({ phase }) => phase === 'waiting').toSorted(newestFirst),
)
export const running = computed(() =>
  [...current.value.values()].filter(({ phase }) => phase !== 'waiting').toSorted(newestFirst),
)

let buffered: FeedEvent[] | null = null

/** Loads the lists once and keeps them true by the feed; after a gap that the feed could not close, loads them again. */
export function startLobby(): void {
  onFeed(take)
  void load()
}

async function load(): Promise<void> {
  if (buffered !== null) return
  buffered = []
  try {
    const [open, finished] = await Promise.all([
      sdk.battles.list({ status: 'open', limit: 50 }),
      sdk.battles.list({ status: 'finished', limit: RECENT_MAX }),
    ])
    current.value = new Map(open.battles.map((battle) => [battle.id, fromSummary(battle)]))
    recent.value = finished.battles.filter(({ phase }) => phase === 'settled').map(fromSummary)
    const late = buffered
    buffered = null
    late.forEach(apply)
    loaded.value = true
  } catch (error) {
    buffered = null
    toastError(error)
    setTimeout(() => void load(), 3_000)
  }
}

function take(update: FeedUpdate): void {
  if (update.type === 'snapshot') void load()
  else if (buffered) buffered.push(...update.events)
  else update.events.forEach(apply)
}

function apply(event: FeedEvent): void {
  const id = event.payload['battle']
  if (typeof id !== 'string') return
  switch (event.type) {
    case 'battle.created':
      return add(event.payload as BattleCreated, event.at_ms)
    case 'battle.joined': {
      const { seat, user, bot } = event.payload as BattleJoined
      return seatChanged(id, seat, seatTold(id, { seat, user, bot }))
    }
    case 'battle.left':
      return seatChanged(id, (event.payload as BattleLeft).seat, null)
    case 'battle.started':
      return change(id, (battle) => ({ ...battle, phase: 'drawing' }))
    case 'battle.cancelled':
      return remove(id)
    case 'battle.settled':
      return settle(event.payload as BattleSettled, event.at_ms)
  }
}

function add(created: BattleCreated, at_ms: number): void {
  if (current.value.has(created.battle)) return
  put({
    id: created.battle,
    phase: 'waiting',
    mode: isBattleMode(created.mode) ? created.mode : 'standard',
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
  })
}

/** A seat as the feed tells of it; the list is shown in the same way, so that nobody changes names on a reload. */
function seatTold(battle: string, { seat, user, bot }: SeatTaken): LobbySeat {
  const own = me.peek()
  const isOwn = own !== null && mine.peek().has(battle) && user === maskedUser(own.id)
  if (isOwn) return { name: own.name, user: own.id, bot }
  return { name: bot ? `Bot ${seat + 1}` : maskedName(user), user, bot }
}

// A list that was loaded later than the event already has the seat, perhaps known to be one's own: keep that one.
function seatChanged(id: string, seat: number, taken: LobbySeat | null): void {
  change(id, (battle) => {
    const kept = taken !== null && battle.seats[seat] ? battle.seats[seat] : taken
    return { ...battle, seats: battle.seats.with(seat, kept) }
  })
}

function settle(settled: BattleSettled, at_ms: number): void {
  const before = current.value.get(settled.battle)
  const rounds = before?.rounds ?? settled.drops.filter(({ seat }) => seat === 0).map(({ box }) => box)
  const seats = settled.seats.map((taken) => seatTold(settled.battle, taken))
  const done: LobbyBattle = {
    id: settled.battle,
    phase: 'settled',
    mode: isBattleMode(settled.mode) ? settled.mode : 'standard',
    teamSize: settled.teamSize,
    price: BigInt(settled.price),
    entry: before?.entry ?? BigInt(settled.price),
    sponsor: before?.sponsor ?? 0,
    minLevel: before?.minLevel ?? 0,
    borrowMax: before?.borrowMax ?? 0,
    rounds,
    seats,
    createdAt: at_ms,
    winners: settled.winners,
    pot: BigInt(settled.pot),
  }
  remove(settled.battle)
  recent.value = [done, ...recent.value.filter(({ id }) => id !== done.id)].slice(0, RECENT_MAX)
}

function put(battle: LobbyBattle): void {
  current.value = new Map(current.value).set(battle.id, battle)
}

function change(id: string, how: (battle: LobbyBattle) => LobbyBattle): void {
  const battle = current.value.get(id)
  if (battle) put(how(battle))
}

function remove(id: string): void {
  const next = new Map(current.value)
  next.delete(id)
  current.value = next
}

function fromSummary(battle: BattleSummary): LobbyBattle {
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
