import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { stillClock } from '../../test/still-clock.ts'
import { encodings } from './encoding.ts'
import { PlainSocket, type PlainParts } from './socket.ts'

const limits = { skip_bytes: 1_000, slow_bytes: 2_000, slow_ms: 10_000, recovery_max: 1, filters_max: 1 }
const id = '01890000-0000-7000-8000-000000000000'

/** A socket whose reader may stop reading, and a battle that tells what the test wants. */
function open() {
  const clock = stillClock(0)
  const sent: string[] = []
  const closed: unknown[] = []
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    send: (text: Uint8Array) => void sent.push(Buffer.from(text).toString()),
    close: (...how: unknown[]) => void closed.push(how),
    ping: () => {},
    terminate: () => closed.push('terminated'),
  })
  let tell = (_frame: Uint8Array) => {}
  const following = {
    follow: async (_battle: string, _tenant: string, listen: typeof tell) => {
      tell = listen
      return { snapshot: () => Buffer.from('all'), stop: () => (tell = () => {}) }
    },
  }
  const guard = { clock, limits: { messages_per_second: 10, message_bytes_max: 100 }, watch: { forget: () => {} } }
  const parts = { guard, limits, following, hub: { unsubscribe: () => {} } } as unknown as PlainParts
  const opened = {
    socket: socket as unknown as WebSocket,
    encoding: encodings['rollingdrop.json'],
  }
  const plain = new PlainSocket(opened, undefined, parts)
  const say = (message: object) => socket.emit('message', Buffer.from(JSON.stringify(message)), false)
  return { plain, socket, sent, closed, clock, say, tell: (text: string) => tell(Buffer.from(text)) }
}

async function watching() {
  const opened = open()
  opened.say({ type: 'watch', battle: id })
  await vi.waitFor(() => {
    opened.tell('1')
    expect(opened.sent).toContain('1')
  })
  opened.sent.length = 0
  return opened
}

test('a reader that is behind is told nothing more of a battle until it has caught up, and then all of it', async () => {
  const { plain, socket, sent, tell } = await watching()
  socket.bufferedAmount = 1_001
  for (const text of ['2', '3', '4']) tell(text)
  plain.catchUp()
  expect(sent).toEqual([])
  socket.bufferedAmount = 10
  plain.catchUp()
  tell('5')
  plain.catchUp()
  expect(sent).toEqual(['all', '5'])
})

test('one that catches up just as something happens is told all of it at once', async () => {
  const { socket, sent, tell } = await watching()
  socket.bufferedAmount = 1_001
  tell('2')
  socket.bufferedAmount = 0
  tell('3')
  expect(sent).toEqual(['all'])
})

test('one that stays behind is sent away with a code on which to come back', async () => {
  const { plain, socket, closed, clock, tell } = await watching()
  socket.bufferedAmount = 5_000
  tell('2')
  clock.move(9_999)
  plain.catchUp()
  expect(closed).toEqual([])
  clock.move(1)
  plain.catchUp()
  expect(closed).toEqual([[4010, 'feed/too-slow']])
})

test('one that gives no sign of life between two looks is told so, and cut when it does not take even that', async () => {
  const { plain, socket, closed } = open()
  plain.look()
  socket.emit('pong')
  plain.look()
  expect(closed).toEqual([])
  plain.look()
  expect(closed).toEqual([[4408, 'request/no-pong']])
  plain.look()
  plain.look()
  expect(closed.slice(1)).toEqual(['terminated'])
})
