import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { PlainSocket, type PlainParts } from './socket.ts'

const PATH = '/ws/battles'
/** A socket that gives no sign of life for this long, or twice as long at most, is closed. */
const LIFE_MS = 10_000
const CATCH_UP_MS = 500
/** How long clients that are sent elsewhere may take to say goodbye. */
const GOODBYE_MS = 1_000

/** `/ws/battles`: the lobby and battles over a plain WebSocket, as JSON, for those without the SDK. Playing needs the SDK. */
export class PlainDoor {
  readonly #parts: PlainParts
  readonly #server: WebSocketServer
  readonly #sockets = new Set<PlainSocket>()
  readonly #timers: readonly NodeJS.Timeout[]
  #isOpen = true

  constructor(parts: PlainParts, payload_bytes_max: number) {
    this.#parts = parts
    this.#server = new WebSocketServer({ noServer: true, maxPayload: payload_bytes_max, perMessageDeflate: false })
    const every = (wait_ms: number, run: (socket: PlainSocket) => void) =>
      setInterval(() => this.#sockets.forEach((socket) => run(socket)), wait_ms)
    this.#timers = [every(LIFE_MS, (socket) => socket.look()), every(CATCH_UP_MS, (socket) => socket.catchUp())]
  }

  get count(): number {
    return this.#sockets.size
  }

  /** Takes an upgrade that is for this door. False: it is not. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if ((request.url ?? '').split('?')[0] !== PATH) return false
    socket.on('error', () => socket.destroy())
    if (!this.#isOpen) socket.end('HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n\r\n')
    else
      this.#server.handleUpgrade(request, socket, head, (opened) =>
        this.#open(new PlainSocket(opened, this.#parts), opened, request),
      )
    return true
  }

  /** Lets nobody in any more and sends those who are there to one of `addresses`, where there are any. */
  drain(addresses: readonly string[]): void {
    this.#isOpen = false
    let index = 0
    for (const socket of this.#sockets) socket.move(addresses[index++ % addresses.length] ?? '')
  }

  close(): void {
    this.drain([])
    this.#parts.following.close()
    for (const timer of this.#timers) clearInterval(timer)
    const left = setTimeout(() => this.#server.clients.forEach((socket) => socket.terminate()), GOODBYE_MS)
    this.#server.close(() => clearTimeout(left))
  }

  #open(
    plain: PlainSocket,
    socket: Readonly<{ on(event: 'close', run: () => void): unknown }>,
    request: IncomingMessage,
  ): void {
    this.#sockets.add(plain)
    socket.on('close', () => this.#sockets.delete(plain))
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (token !== undefined) plain.identify(token)
  }
}
