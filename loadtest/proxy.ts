import { Agent, createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

/** A node behind the proxy and what the last look at it found. */
type Upstream = {
  readonly port: number
  /** Undefined while it cannot be reached. */
  process: string | undefined
  takesIn: boolean
  /** Looks in a row that it did not answer in time: one alone may just be a busy machine. */
  missed: number
  readonly waiting: Set<ReturnType<typeof send>>
}

const PROBE_MS = 100
const PROBE_WITHIN_MS = 500
const MISSED_MAX = 2
const BODY_BYTES_MAX = 1_048_576
/** `/<process>/actors/…`: meant for one process, however many there are. */
const NAMED = /^\/([\w-]+)(\/actors\/.*)$/
/** A plain socket: any node will do. */
const PLAIN = /^\/(?:partner\/)?ws\//
/** `/<process>/<room>` */
const ROOM = /\/([\w-]+)\/[\w-]+(?:\?|$)/

/**
 * One public host before several nodes of this machine: a socket goes to the process that stands in its path, a request that
 * names a process as well, and every other request, and every plain socket, to the nodes in turn. Nodes are looked at all the time: one that does not
 * answer gets nothing, and what waits for it is answered with 502 at once.
 */
export class Proxy {
  readonly #upstreams: readonly Upstream[]
  readonly #server: Server
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 })
  /** Both ends of every socket that is open, with its path. */
  readonly #tunnels = new Map<Duplex, string>()
  readonly #stop = new AbortController()
  #turn = 0

  private constructor(ports: readonly number[]) {
    this.#upstreams = ports.map((port) => ({ port, process: undefined, takesIn: false, missed: 0, waiting: new Set() }))
    this.#server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => void this.#pass(request, response))
    this.#server.on('upgrade', (request, socket, head) => this.#tunnel(request, socket, head))
  }

  /** Listens on 127.0.0.1 once every node has been looked for; `ports` are those of the nodes, which may come and go. */
  static async open(ports: readonly number[], port = 0): Promise<Proxy> {
    const proxy = new Proxy(ports)
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject)
      proxy.#server.listen(port, '127.0.0.1', resolve)
    })
    await Promise.all(proxy.#upstreams.map(look))
    for (const upstream of proxy.#upstreams) void proxy.#watch(upstream)
    return proxy
  }

  /** `host:port`, the PUBLIC_ADDRESS of all its nodes. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get url(): string {
    return `http://${this.address}`
  }

  /** The process at a node's port; undefined while it cannot be reached. */
  processAt(port: number): string | undefined {
    return this.#upstreams.find((each) => each.port === port)?.process
  }

  /** Cuts every socket whose path holds `part`, as a network does: without a word. Returns how many. */
  cut(part: string): number {
    const cut = [...this.#tunnels].filter(([, path]) => path.includes(part))
    for (const [socket] of cut) socket.destroy()
    return cut.length
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.cut('')
    this.#agent.destroy()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #watch(upstream: Upstream): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await delay(PROBE_MS)
      await look(upstream)
      if (upstream.process === undefined) for (const waiting of upstream.waiting) waiting.destroy()
    }
  }

  #nodesFor(path: string): { nodes: readonly Upstream[]; path: string } {
    const [, process, rest] = NAMED.exec(path) ?? []
    if (rest !== undefined) return { nodes: this.#upstreams.filter((each) => each.process === process), path: rest }
    const open = this.#upstreams.filter(({ takesIn }) => takesIn)
    const first = this.#turn++ % Math.max(1, open.length)
    return { nodes: [...open.slice(first), ...open.slice(0, first)], path }
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request).catch(() => undefined) // Whoever did not send it whole does not wait for an answer.
    if (body === undefined) return void response.writeHead(413).end()
    const { nodes, path } = this.#nodesFor(request.url ?? '/')
    for (const node of nodes) {
      try {
        const answer = await this.#ask(node, path, request, body)
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
        // An answer that flows until somebody has enough of it ends with whoever reads it.
        response.on('close', () => answer.destroy())
        return void answer.on('error', () => response.destroy()).pipe(response)
      } catch (error) {
        // Only where nothing was sent may another node be asked for the same.
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') break
      }
    }
    response.writeHead(nodes.length > 0 ? 502 : 503, { 'retry-after': '0' }).end()
  }

  #ask(node: Upstream, path: string, { method, headers, socket }: IncomingMessage, body: Buffer) {
    return new Promise<IncomingMessage>((resolve, reject) => {
      const forwarded = { ...headers, 'x-forwarded-for': socket.remoteAddress, 'content-length': String(body.length) }
      const asked = send({ host: '127.0.0.1', port: node.port, path, method, headers: forwarded, agent: this.#agent })
      node.waiting.add(asked)
      asked.on('close', () => node.waiting.delete(asked)).on('error', reject)
      asked.on('response', resolve).end(body)
    })
  }

  /** Where a socket at `path` goes. */
  #nodeOf(path: string): Upstream | undefined {
    if (PLAIN.test(path)) return this.#nodesFor(path).nodes[0]
    const process = ROOM.exec(path)?.[1]
    return this.#upstreams.find((each) => process !== undefined && each.process === process)
  }

  #tunnel(request: IncomingMessage, near: Duplex, head: Buffer): void {
    const path = request.url ?? ''
    const node = this.#nodeOf(path)
    near.on('error', () => near.destroy())
    if (node === undefined) return void near.end('HTTP/1.1 503 Service Unavailable\r\n\r\n')
    const far = connect(node.port, '127.0.0.1')
    far.setNoDelay(true).write(headOf(request))
    far.write(head)
    far.on('error', () => far.destroy())
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as [Duplex, Duplex | Socket][]) {
      this.#tunnels.set(from, path)
      from.pipe(to)
      from.on('close', () => {
        this.#tunnels.delete(from)
        to.destroy()
      })
    }
  }
}

async function look(upstream: Upstream): Promise<void> {
  try {
    const signal = AbortSignal.timeout(PROBE_WITHIN_MS)
    const response = await fetch(`http://127.0.0.1:${upstream.port}/actors`, { signal })
    const { process } = (await response.json()) as { process?: string }
    upstream.takesIn = process !== undefined
    // One that is draining keeps the sockets it has.
    if (process !== undefined) upstream.process = process
    upstream.missed = 0
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError'
    if (isLate && ++upstream.missed < MISSED_MAX) return
    upstream.takesIn = false // Nobody is there, or nobody who answers.
    upstream.process = undefined
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > BODY_BYTES_MAX) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** The request as it came, to be said again to the node. */
function headOf({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []))
  return [`${method} ${url} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}
