import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { Proxy } from './proxy.ts'

/** Nodes that say who they are, over HTTP and over sockets. */
type Node = Readonly<{ process: string; port: number; server: Server; heard: string[] }>

let nodes: Node[] = []
let proxy: Proxy

async function openNode(process: string): Promise<Node> {
  const heard: string[] = []
  const server = createServer((request, response) => {
    if (request.url === '/actors') return void response.end(JSON.stringify({ process }))
    heard.push(`${request.method} ${request.url}`)
    if (request.url === '/never') return undefined
    if (request.url === '/live-feed') {
      response.on('close', () => heard.push('gone'))
      response.setHeader('content-type', 'text/event-stream')
      return void response.write(`data: ${process}\n\n`)
    }
    response.setHeader('content-type', 'application/json')
    return void response.end(JSON.stringify({ process, for: request.headers['x-forwarded-for'] }))
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, { url }) =>
    socket.on('message', (text: Buffer) => socket.send(`${process} ${url} ${text.toString()}`)),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { process, port: (server.address() as AddressInfo).port, server, heard }
}

function close({ server }: Node): void {
  server.closeAllConnections()
  server.close()
}

const settled = { timeout: 5000, interval: 20 }

beforeAll(async () => {
  nodes = await Promise.all(['proc-one', 'proc_two', 'procthree'].map(openNode))
  proxy = await Proxy.open(nodes.map(({ port }) => port))
  await vi.waitFor(() => expect(nodes.map(({ port }) => proxy.processAt(port))).not.toContain(undefined), settled)
})

afterAll(async () => {
  await proxy.close()
  nodes.forEach(close)
})

const get = async (path: string) => (await fetch(proxy.url + path)).json() as Promise<{ process: string; for: string }>

/** What a socket at `path` answers, or how it was refused. */
function ask(path: string): Promise<string> {
  const socket = new WebSocket(`ws://${proxy.address}${path}`)
  return new Promise((resolve) => {
    socket.on('open', () => socket.send('hello'))
    socket.on('message', (answer: Buffer) => {
      socket.close()
      resolve(answer.toString())
    })
    socket.on('error', (error) => resolve(error.message))
  })
}

test('requests go to the nodes in turn, with the address they come from', async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => get('/battles')))
  expect(answers.map(({ process }) => process).toSorted()).toEqual(
    nodes.flatMap(({ process }) => [process, process]).toSorted(),
  )
  expect(answers[0]!.for).toContain('127.0.0.1')
})

test('a socket goes to the process in its path, whatever stands before it', async () => {
  const room = `battle-${randomUUID()}-3`
  for (const { process } of nodes) {
    expect(await ask(`/${process}/${room}?sessionId=x`)).toBe(`${process} /${process}/${room}?sessionId=x hello`)
  }
  expect(await ask(`/below/proc_two/${room}`)).toContain('proc_two')
  expect(await ask(`/nobody/${room}`)).toContain('503')
})

test('plain sockets go to the nodes in turn', async () => {
  for (const path of ['/ws/battles', '/ws/live-feed?since=1', '/partner/ws/live-feed']) {
    const answers = await Promise.all(nodes.map(() => ask(path)))
    expect(answers.toSorted()).toEqual(nodes.map(({ process }) => `${process} ${path} hello`).toSorted())
  }
})

test('an answer that never ends flows as it comes, and ends at the node when its reader has gone', async () => {
  const leave = new AbortController()
  const { body } = await fetch(`${proxy.url}/live-feed`, { signal: leave.signal })
  const { value } = await body!.getReader().read()
  const text = new TextDecoder().decode(value)
  const node = nodes.find(({ process }) => text === `data: ${process}\n\n`)!
  expect(node.heard).not.toContain('gone')
  leave.abort()
  await vi.waitFor(() => expect(node.heard).toContain('gone'), settled)
})

test('a seat is asked of the process that is named', async () => {
  for (const { process, heard } of nodes) {
    expect(await get(`/${process}/actors/battle/7/seat`)).toMatchObject({ process })
    expect(heard.at(-1)).toBe('GET /actors/battle/7/seat')
  }
  expect((await fetch(`${proxy.url}/nobody/actors/battle/7/seat`)).status).toBe(503)
})

test('a socket that is cut ends without a close frame, the others stay', async () => {
  const [one, two] = ['feed-a', 'feed-b'].map((room) => new WebSocket(`ws://${proxy.address}/proc-one/${room}`))
  await Promise.all([one, two].map((socket) => new Promise((resolve) => socket!.on('open', resolve))))
  const code = new Promise((resolve) => one!.on('close', resolve))
  expect(proxy.cut('feed-a')).toBeGreaterThan(0)
  expect(await code).toBe(1006)
  expect(two!.readyState).toBe(WebSocket.OPEN)
  two!.close()
})

test('a node that has gone gets nothing more, and whoever waits for it hears so at once', async () => {
  const [gone, ...others] = nodes as [Node, Node, Node]
  const waiting = Promise.all(nodes.map(async () => (await fetch(`${proxy.url}/never`)).status))
  await vi.waitFor(() => expect(nodes.every(({ heard }) => heard.includes('GET /never'))).toBe(true), settled)
  close(gone)
  await vi.waitFor(() => expect(proxy.processAt(gone.port)).toBeUndefined(), settled)
  const answers = await Promise.all(Array.from({ length: 8 }, () => get('/boxes')))
  expect(new Set(answers.map(({ process }) => process))).toEqual(new Set(others.map(({ process }) => process)))
  expect(await ask(`/${gone.process}/feed-a`)).toContain('503')
  others.forEach(({ server }) => server.closeAllConnections())
  expect(await waiting).toEqual([502, 502, 502])
})
