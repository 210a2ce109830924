import { Client, type Room, type SeatReservation } from '@colyseus/sdk'
import type { CommandReply } from '../schema/battle-message.ts'
import type { BattleState } from '../schema/battle-state.ts'
import type { ErrorReply } from '../schema/errors.ts'
import type { Problem, Tokens } from '../schema/http.ts'

export type Call = Readonly<{ token?: string; key?: string; body?: unknown }>
export type Answer = Readonly<{ status: number; code: string; body: unknown }>

/** A client that says what it is told to say, right or wrong, and repairs nothing. */
export type RawClient = Readonly<{
  room: Room
  state(): BattleState
  /** Errors that answer no numbered command. */
  errors: ErrorReply[]
  ask(type: string, payload?: object): Promise<CommandReply>
  isOpen(): boolean
  closed: Promise<Readonly<{ code: number; reason: string }>>
}>

/** Sends one request as it is; `code` is that of the problem document, or `''`. */
export async function call(
  url: string,
  method: string,
  path: string,
  { token, key, body }: Call = {},
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  const read: unknown = isJson ? JSON.parse(text) : text
  return { status: response.status, code: response.ok ? '' : (read as Problem).code, body: read }
}

export async function newGuest(url: string): Promise<Tokens> {
  const { status, body } = await call(url, 'POST', '/auth/guest')
  if (status !== 201) throw new Error(`no guest: ${JSON.stringify(body)}`)
  return body as Tokens
}

/** Takes a place in a battle's room, as `token` or as somebody unknown, and listens to all that is said there. */
export async function enter(url: string, battle: string, token?: string): Promise<RawClient> {
  const seat = await call(url, 'POST', `/actors/battle/${battle}/seat`, token === undefined ? {} : { token })
  if (seat.status !== 200) throw new Error(`no place: ${JSON.stringify(seat.body)}`)
  const room = await new Client(url).consumeSeatReservation(seat.body as SeatReservation)
  room.reconnection.enabled = false
  return listenTo(room)
}

function listenTo(room: Room): RawClient {
  const errors: ErrorReply[] = []
  const waiting = new Map<number, (reply: CommandReply) => void>()
  let [commands, open] = [0, true]
  room.onMessage('reply', (reply: CommandReply) => waiting.get(reply.command)?.(reply))
  room.onMessage('error', (error: ErrorReply) => void errors.push(error))
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    room.onLeave((code, reason) => {
      open = false
      resolve({ code, reason: reason ?? '' })
    })
  })
  return {
    room,
    errors,
    closed,
    state: () => room.state,
    isOpen: () => open && room.connection.isOpen,
    ask(type, payload = {}) {
      const command = ++commands
      return new Promise((resolve) => {
        waiting.set(command, resolve)
        room.send(type, { command, ...payload })
      })
    },
  }
}
