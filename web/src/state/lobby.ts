import { computed, signal } from '@preact/signals'
import type { FeedUpdate } from '../../../client-sdk/api.ts'
import type { BattleCreated, BattleJoined, BattleLeft, BattleSettled } from '../../../schema/battle-event.ts'
import type { FeedEvent } from '../../../schema/feed.ts'
import type { BattlePage } from '../../../schema/http.ts'
import { sdk } from '../sdk.ts'
import { onFeed } from './feed.ts'
import { fromCreated, fromSettled, fromSummary, seatTold, type LobbyBattle, type LobbySeat } from './lobby-battle.ts'
import { ANY_BATTLE, isWanted, queryOf, type LobbyFilter } from './lobby-filter.ts'
import { toastError } from './toast.ts'

const PAGE = 20
const RUNNING_MAX = 8
const RECENT_MAX = 8

export const loaded = signal(false)
export const wanted = signal<LobbyFilter>(ANY_BATTLE)
/** Whether a further page is being asked for. */
export const asking = signal(false)
export const recent = signal<readonly LobbyBattle[]>([])

/** Every battle that is not over and of which the pages or the feed have told. */
const current = signal<ReadonlyMap<string, LobbyBattle>>(new Map())
/** Of the waiting ones that are wanted, all down to this id are known; those below are the server's next page. */
const cursor = signal<string | null>(null)
const most = signal(PAGE)

// Ids rise with time, and the server's pages go by them.
const newestFirst = (a: LobbyBattle, b: LobbyBattle) => (a.id < b.id ? 1 : -1)
const known = computed(() =>
  [...current.value.values()]
    .filter(({ id, phase }) => phase === 'waiting' && (cursor.value === null || id >= cursor.value))
    .filter((battle) => isWanted(wanted.value, battle))
    .toSorted(newestFirst),
)
export const waiting = computed(() => known.value.slice(0, most.value))
export const hasMore = computed(() => known.value.length > most.value || cursor.value !== null)
export const running = computed(() =>
  [...current.value.values()]
    .filter(({ phase }) => phase !== 'waiting')
    .toSorted(newestFirst)
    .slice(0, RUNNING_MAX),
)

/** Reads that are under way, and what the feed told since the first of them began. */
let reads = 0
let told: FeedEvent[] = []

/** Loads the lists once and keeps them true by the feed; after a gap that the feed could not close, loads them again. */
export function startLobby(): void {
  onFeed(take)
  void load()
}

/** Narrows what is waiting: what is known of it at once, then the server's first page. */
export function narrow(change: Partial<LobbyFilter>): void {
  wanted.value = { ...wanted.value, ...change }
  most.value = PAGE
  void nextPage(undefined)
}

/** One page more of what is waiting. */
export function showMore(): void {
  most.value += PAGE
  if (known.value.length < most.value && cursor.value !== null) void nextPage(cursor.value)
}

/** The page of what is wanted below `from`, or the first. */
async function nextPage(from: string | undefined): Promise<void> {
  const filter = wanted.value
  asking.value = true
  try {
    await reading(
      () => sdk.battles.list({ ...queryOf(filter), status: 'waiting', limit: PAGE, ...(from && { cursor: from }) }),
      (page) => {
        // Meanwhile something else may have been asked for.
        if (wanted.value !== filter || (from !== undefined && cursor.value !== from)) return
        current.value = new Map([...current.value, ...listed(page)])
        cursor.value = page.next
      },
    )
  } catch (error) {
    toastError(error)
  } finally {
    asking.value = false
  }
}

async function load(): Promise<void> {
  const filter = wanted.value
  try {
    await reading(
      () =>
        Promise.all([
          sdk.battles.list({ ...queryOf(filter), status: 'waiting', limit: PAGE }),
          sdk.battles.list({ status: 'running', limit: RUNNING_MAX }),
          sdk.battles.list({ status: 'finished', limit: RECENT_MAX }),
        ]),
      ([open, played, finished]) => {
        current.value = new Map([...listed(open), ...listed(played)])
        recent.value = finished.battles.filter(({ phase }) => phase === 'settled').map(fromSummary)
        cursor.value = open.next
        most.value = PAGE
        loaded.value = true
      },
    )
    if (wanted.value !== filter) await nextPage(undefined)
  } catch (error) {
    toastError(error)
    setTimeout(() => void load(), 3_000)
  }
}

/** Takes what was read, then what the feed told meanwhile: of that, what the answer knows already changes nothing. */
async function reading<T>(read: () => Promise<T>, apply: (answer: T) => void): Promise<void> {
  reads++
  try {
    const from = told.length
    const answer = await read()
    apply(answer)
    told.slice(from).forEach(change)
  } finally {
    reads--
    if (reads === 0) told = []
  }
}

const listed = ({ battles }: BattlePage) => battles.map((battle) => [battle.id, fromSummary(battle)] as const)

function take(update: FeedUpdate): void {
  if (update.type === 'snapshot') return void load()
  if (reads > 0) told.push(...update.events)
  update.events.forEach(change)
}

function change(event: FeedEvent): void {
  const id = event.payload['battle']
  if (typeof id !== 'string') return
  switch (event.type) {
    case 'battle.created':
      if (!current.value.has(id)) put(fromCreated(event.payload as BattleCreated, event.at_ms))
      return
    case 'battle.joined': {
      const { seat, user, bot } = event.payload as BattleJoined
      return seatChanged(id, seat, seatTold(id, { seat, user, bot }))
    }
    case 'battle.left':
      return seatChanged(id, (event.payload as BattleLeft).seat, null)
    case 'battle.started':
      return replace(id, (battle) => ({ ...battle, phase: 'drawing' }))
    case 'battle.cancelled':
      return remove(id)
    case 'battle.settled':
      return settle(event.payload as BattleSettled, event.at_ms)
  }
}

// A list that was loaded later than the event already has the seat, perhaps known to be one's own: keep that one.
function seatChanged(id: string, seat: number, taken: LobbySeat | null): void {
  replace(id, (battle) => {
    const kept = taken !== null && battle.seats[seat] ? battle.seats[seat] : taken
    return { ...battle, seats: battle.seats.with(seat, kept) }
  })
}

function settle(settled: BattleSettled, at_ms: number): void {
  const done = fromSettled(settled, current.value.get(settled.battle), at_ms)
  const known = recent.value.find(({ id }) => id === done.id)
  remove(done.id)
  if (!known) recent.value = [done, ...recent.value].slice(0, RECENT_MAX)
}

function put(battle: LobbyBattle): void {
  current.value = new Map(current.value).set(battle.id, battle)
}

function replace(id: string, how: (battle: LobbyBattle) => LobbyBattle): void {
  const battle = current.value.get(id)
  if (battle) put(how(battle))
}

function remove(id: string): void {
  const next = new Map(current.value)
  next.delete(id)
  current.value = next
}
