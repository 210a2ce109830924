import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { RollingDropError } from '../../schema/errors.ts'
import { feedProtocols, type FeedProtocol } from '../../schema/live-feed.ts'
import { problemOf } from '../../schema/problem.ts'
import { refusalFor } from '../problem.ts'
import type { OpenedSocket } from './conversation.ts'
import type { Crowd } from './crowd.ts'
import { encodings } from './encoding.ts'

/** A socket behind a door, as the door sees it. */
export interface DoorSocket {
  /** Once a life: asks for a sign of it, and closes where none came since the last time. */
  look(): void
  /** Twice a second: sends what was held back, where the reader has caught up. */
  catchUp?(): void
  /** Sends the client to another address. */
  move(address: string): void
}

type Options<Who> = Readonly<{
  path: string
  /** Subprotocols that may be asked for; who asks for none gets the first. */
  protocols: readonly FeedProtocol[]
  /** Who wants in; what it throws closes the socket with its code. */
  admit(request: IncomingMessage): Promise<Who> | Who
  open(opened: OpenedSocket, who: Who, query: URLSearchParams): DoorSocket
  crowd: Crowd
  addressOf(request: IncomingMessage): string
  /** A socket that gives no sign of life for this long, or twice as long at most, is closed. */
  life_ms: number
  /** The hard stop for what comes in one message. */
  payload_bytes_max: number
}>

const CATCH_UP_MS = 500
/** How long clients that are refused or sent elsewhere may take to say goodbye. */
const GOODBYE_MS = 1_000

/** A path at which plain WebSockets are taken, for those without the SDK. */
export class SocketDoor<Who> {
  readonly #options: Options<Who>
  readonly #server: WebSocketServer
  readonly #sockets = new Set<DoorSocket>()
  readonly #timers: readonly NodeJS.Timeout[]
  #isOpen = true

  constructor(options: Options<Who>) {
    this.#options = options
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: options.payload_bytes_max,
      perMessageDeflate: false,
      handleProtocols: (asked) => options.protocols.find((protocol) => asked.has(protocol)) ?? false,
    })
    const every = (wait_ms: number, run: (socket: DoorSocket) => void) =>
      setInterval(() => this.#sockets.forEach((socket) => run(socket)), wait_ms)
    this.#timers = [
      every(options.life_ms, (socket) => socket.look()),
      every(CATCH_UP_MS, (socket) => socket.catchUp?.()),
    ]
  }

  get count(): number {
    return this.#sockets.size
  }

  /** Takes an upgrade that is for this door. False: it is not. */
  take(request: IncomingMessage, stream: Duplex, head: Buffer): boolean {
    if ((request.url ?? '').split('?')[0] !== this.#options.path) return false
    stream.on('error', () => stream.destroy())
    if (this.#isOpen) void this.#letIn(request, stream, head)
    else refuseUpgrade(stream, new RollingDropError('server/draining'))
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
    for (const timer of this.#timers) clearInterval(timer)
    const left = setTimeout(() => this.#server.clients.forEach((socket) => socket.terminate()), GOODBYE_MS)
    this.#server.close(() => clearTimeout(left))
  }

  /** Whoever is refused is told so over the socket: a browser's page does not see how an upgrade was answered. */
  async #letIn(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const { admit, crowd, addressOf } = this.#options
    let who: Readonly<{ admitted: Who } | { refused: RollingDropError }>
    try {
      stream.once('close', crowd.enter(addressOf(request)))
      who = { admitted: await admit(request) }
    } catch (cause) {
      who = { refused: refusalFor(cause) }
    }
    if (!this.#isOpen) return refuseUpgrade(stream, new RollingDropError('server/draining'))
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      if ('refused' in who) this.#refuse(socket, who.refused)
      else this.#open(socket, who.admitted, request)
    })
  }

  #open(socket: WebSocket, who: Who, request: IncomingMessage): void {
    const query = new URL(request.url ?? '/', 'ws://door').searchParams
    const opened = this.#options.open({ socket, encoding: this.#encodingOf(socket) }, who, query)
    this.#sockets.add(opened)
    socket.on('close', () => this.#sockets.delete(opened))
  }

  #refuse(socket: WebSocket, error: RollingDropError): void {
    const encoding = this.#encodingOf(socket)
    socket.on('error', () => {}) // Followed by its close.
    socket.send(encoding.write({ type: 'error', ...error.reply() }), { binary: encoding.kind === 'binary' })
    socket.close(error.close, error.code)
    const left = setTimeout(() => socket.terminate(), GOODBYE_MS)
    socket.on('close', () => clearTimeout(left))
  }

  #encodingOf({ protocol }: WebSocket) {
    const { protocols } = this.#options
    return encodings[feedProtocols.find((known) => known === protocol) ?? protocols[0]!]
  }
}

function refuseUpgrade(stream: Duplex, error: RollingDropError): void {
  const { body, headers } = problemOf(error)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  stream.end(`HTTP/1.1 ${error.status} Refused\r\n${lines.join('')}connection: close\r\n\r\n${body}`)
}
