import { randomBytes } from 'node:crypto'
import { Client, type Room, type SeatReservation } from '@colyseus/sdk'
import type { BattleState } from '../../schema/battle-state.ts'
import type { Subject, Table } from './rooms-control.ts'
import type { Script, View } from './rooms-script.ts'

/** To a server under test. */
type Way = Readonly<{ client: Client; url: string }>

/** How a player gets into a room of the server under test. */
export type Enter = (at: Way, table: Table, player: 0 | 1) => Promise<Room<unknown, BattleState>>

const SETTLED_WITHIN_MS = 30_000
const SEATED_AT_ONCE = 10

/** Over the seat route, as our SDK does. */
export const enterOurs: Enter = async ({ client, url }, { id, tokens }, player) => {
  const response = await fetch(`${url}/actors/battle/${id}/seat`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[player]}` },
  })
  if (!response.ok) throw new Error(`no seat: ${await response.text()}`)
  return quiet(await client.consumeSeatReservation<BattleState>((await response.json()) as SeatReservation))
}

function wayTo({ url }: Subject): Way {
  return { client: new Client(url), url }
}

/** Over Colyseus's own matchmaking. */
export const enterPeer: Enter = async ({ client }, { id }) => quiet(await client.joinById<BattleState>(id))

/** What was played: how many patches and replies clients were told, to see that two servers told the same. */
export type Told = { battles: number; patches: number; replies: number; seconds: number }

/** Plays all tables, `atOnce` at a time. */
export async function playAll(subject: Subject, enter: Enter, tables: readonly Table[], atOnce: number): Promise<Told> {
  const way = wayTo(subject)
  const told: Told = { battles: 0, patches: 0, replies: 0, seconds: 0 }
  const began_ms = performance.now()
  const waiting = [...tables]
  const player = async () => {
    for (let table = waiting.pop(); table; table = waiting.pop()) {
      const rooms = await enterBoth(way, enter, table)
      for (const room of rooms) {
        room.onStateChange(() => told.patches++)
        room.onMessage('reply', () => told.replies++)
      }
      const ends = rooms.map((room) => until(room, ({ phase }) => phase === 'settled'))
      rooms[1].send('join', joining())
      await Promise.all(ends)
      await Promise.all(rooms.map((room) => room.leave()))
      told.battles++
    }
  }
  await Promise.all(Array.from({ length: atOnce }, player))
  told.seconds = (performance.now() - began_ms) / 1000
  return told
}

/** Two sockets at each table that wait for each other; returns how they are closed. */
export async function sitDown(subject: Subject, enter: Enter, tables: readonly Table[]): Promise<() => Promise<void>> {
  const way = wayTo(subject)
  const rooms: Room[] = []
  for (let next = 0; next < tables.length; next += SEATED_AT_ONCE) {
    const here = tables.slice(next, next + SEATED_AT_ONCE).map((table) => enterBoth(way, enter, table))
    rooms.push(...(await Promise.all(here)).flat())
  }
  return async () => void (await Promise.all(rooms.map((room) => room.leave())))
}

/** What battles of ours look like to their first client: of these the one in the middle by how much it is told. */
export async function record(subject: Subject, enter: Enter, tables: readonly Table[]): Promise<Script> {
  const scripts = await Promise.all(tables.map((table) => recordOne(subject, enter, table)))
  const told = ({ entered, timed }: Script) => entered.length + timed.length
  return scripts.toSorted((a, b) => told(a) - told(b))[Math.floor(scripts.length / 2)]!
}

async function recordOne(subject: Subject, enter: Enter, table: Table): Promise<Script> {
  const way = wayTo(subject)
  const one = await enter(way, table, 0)
  await until(one, () => true)
  const first = viewOf(one)
  const seen: { at_ms: number; view: View }[] = []
  one.onStateChange(() => seen.push({ at_ms: performance.now(), view: viewOf(one) }))
  const two = await enter(way, table, 1)
  two.onMessage('reply', () => {})
  const entered = seen.splice(0).map(({ view }) => view)
  const began_ms = performance.now()
  const end = until(one, ({ phase }) => phase === 'settled')
  two.send('join', joining())
  await end
  const timed = seen.map(({ at_ms, view }) => ({ after_ms: Math.round(at_ms - began_ms), view }))
  await Promise.all([one.leave(), two.leave()])
  return { first, entered, timed }
}

async function enterBoth(way: Way, enter: Enter, table: Table) {
  const one = await enter(way, table, 0)
  return [one, await enter(way, table, 1)] as const
}

function joining() {
  return { command: 1, seat: 1, clientSeed: randomBytes(32).toString('hex') }
}

function quiet(room: Room<unknown, BattleState>): Room<unknown, BattleState> {
  room.reconnection.enabled = false
  room.onMessage('*', () => {})
  return room
}

function viewOf(room: Room<unknown, BattleState>): View {
  return room.state.toJSON()
}

function until(room: Room<unknown, BattleState>, isSo: (state: BattleState) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`${room.roomId} is ${room.state?.phase} for too long`)),
      SETTLED_WITHIN_MS,
    )
    const look = (state: BattleState) => {
      if (!isSo(state)) return
      clearTimeout(late)
      resolve()
    }
    room.onStateChange(look)
    if (room.state?.seats !== undefined) look(room.state)
  })
}
