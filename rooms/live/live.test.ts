import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { unpack } from 'msgpackr'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openTestRooms, type TestRooms } from '../../test/rooms.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms()))
afterAll(() => node.close())

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 10 })

test('a bare socket with a query reads the feed from then on, as text or as msgpack', async () => {
  for (const protocol of ['rollingdrop.json', 'rollingdrop.msgpack']) {
    const socket = new WebSocket(`${node.url.replace('http', 'ws')}/ws/live-feed?types=battle.created`, protocol)
    const told: Record<string, unknown>[] = []
    socket.on('message', (data: Buffer, isBinary) => {
      expect(isBinary).toBe(protocol === 'rollingdrop.msgpack')
      told.push((isBinary ? unpack(data) : JSON.parse(data.toString())) as Record<string, unknown>)
    })
    await until(() => expect(told).toMatchObject([{ type: 'welcome', recovered: false }]))
    const id = await node.battle(await node.guest())
    await until(() =>
      expect(told[1]).toMatchObject({ type: 'frame', events: [{ type: 'battle.created', actor: `battle-${id}` }] }),
    )
    expect(socket.protocol).toBe(protocol)
    socket.close()
  }
})

test('curl reads the feed as events, whole and at once', async () => {
  const response = await fetch(`${node.url}/live-feed?types=battle.created`)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(response.headers.get('cache-control')).toContain('no-store')
  expect(response.headers.get('x-accel-buffering')).toBe('no')
  let text = ''
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const read = async () => void (text += (await reader.read()).value)
  while (!text.includes('event: welcome')) await read()
  const id = await node.battle(await node.guest())
  while (!text.includes(id)) await read()
  expect(text).toMatch(/^retry: 1\d\d\d\n\nid: [a-z0-9]+:\d+\nevent: welcome\ndata: \{.*\}\n\n/)
  expect(text).toMatch(/\n\nid: [a-z0-9]+:\d+\nevent: frame\ndata: \{"type":"frame".*\}\n\n/)
  await reader.cancel()
  await until(() => expect(node.rooms.counts().plain).toBe(0))
})

test('the lines of the README read the feed, and go on where they stood after a break', async () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  const [lines] = /^ {4}let at = ''\n(?: {4}.*\n)+/m.exec(readme)!
  const sockets: WebSocket[] = []
  class Noted extends WebSocket {
    constructor(url: string) {
      super(url)
      sockets.push(this)
    }
  }
  const told: { type: string; recovered?: boolean; events: { actor: string }[] }[] = []
  const log = (frame: (typeof told)[number]) => told.push(frame)
  let isOver = false
  const later = (run: () => void, wait_ms: number) => void setTimeout(() => isOver || run(), wait_ms)
  const world = { WebSocket: Noted, JSON, console: { log }, setTimeout: later }
  runInNewContext(lines.replaceAll('ws://localhost:3000', node.url.replace('http', 'ws')), world)
  await until(() => expect(told).toMatchObject([{ type: 'welcome', recovered: false }]))
  sockets[0]!.terminate()
  const id = await node.battle(await node.guest())
  await until(() => expect(told.findLast(({ type }) => type === 'welcome')).toMatchObject({ recovered: true }))
  await until(() => expect(told.flatMap(({ events }) => events).map(({ actor }) => actor)).toContain(`battle-${id}`))
  isOver = true
  sockets.at(-1)!.terminate()
})
