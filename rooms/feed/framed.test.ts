import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer, type ServerOptions } from 'ws'
import { framed, sendFramed } from './framed.ts'

const ends: (() => void)[] = []
afterEach(() => ends.splice(0).forEach((end) => end()))

/** A socket of a real server, the client at its other end, and what that received: the kind of each message and its text. */
async function pair(options: ServerOptions = {}) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options })
  const connected = once(server, 'connection') as Promise<[WebSocket]>
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  ends.push(() => [client.terminate(), server.close()])
  const received: [string, string][] = []
  client.on('message', (data: Buffer, isBinary) => received.push([isBinary ? 'binary' : 'text', data.toString()]))
  const [[socket]] = await Promise.all([connected, once(client, 'open')])
  return { socket, client, received, arrived: (count: number) => untilLength(client, received, count) }
}

async function untilLength(client: WebSocket, received: readonly unknown[], count: number): Promise<void> {
  while (received.length < count) await once(client, 'message')
}

const filled = (bytes: number) => Buffer.alloc(bytes, 'a')

test.each([0, 1, 125, 126, 65_535, 65_536, 300_000])('%i bytes arrive whole, as text and as binary', async (bytes) => {
  const { socket, received, arrived } = await pair()
  sendFramed(socket, framed(filled(bytes), 'binary'))
  sendFramed(socket, framed(filled(bytes), 'text'))
  socket.send('after')
  await arrived(3)
  const text = filled(bytes).toString()
  expect(received).toEqual([
    ['binary', text],
    ['text', text],
    ['text', 'after'],
  ])
})

test('the very same bytes go to every socket, and count as buffered until they are taken', async () => {
  const { socket } = await pair()
  const message = framed(filled(16_000_000), 'binary')
  const written: unknown[] = []
  const stream = Reflect.get(socket, '_socket') as { write(bytes: unknown): boolean }
  const write = stream.write.bind(stream)
  stream.write = (bytes) => (written.push(bytes), write(bytes))
  sendFramed(socket, message)
  expect(written).toHaveLength(1)
  expect(written[0]).toBe(message.bytes)
  expect(socket.bufferedAmount).toBeGreaterThan(0)
})

test('a message waits for one that is being compressed', async () => {
  const { socket, received, arrived } = await pair({ perMessageDeflate: { threshold: 0 } })
  socket.send('compressed '.repeat(10_000), { compress: true })
  sendFramed(socket, framed(Buffer.from('plain'), 'text'))
  await arrived(2)
  expect(received.map(([, text]) => text.length)).toEqual([110_000, 5])
})

test('nothing is sent any more once the socket closes', async () => {
  const { socket, client, received } = await pair()
  socket.close(4010, 'feed/too-slow')
  sendFramed(socket, framed(Buffer.from('late'), 'text'))
  const [code] = (await once(client, 'close')) as [number]
  expect([code, received]).toEqual([4010, []])
})
