import type { ServerResponse } from 'node:http'
import type { RollingDropError } from '../../schema/errors.ts'
import { toJson } from '../../schema/json.ts'
import { formatPosition } from '../../schema/position.ts'
import type { EncodedFrame } from '../feed/frame.ts'
import type { Subscriber } from '../feed/subscriber.ts'

const HEARTBEAT = Buffer.from(':\n\n')
/** Who was cut comes back after this long at least, and twice as long at most: not all in one moment. */
const RETRY_MS = 1_000
/** How long the last event may take to be read. */
const GOODBYE_MS = 1_000

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // Asks nginx and those who do as it does to pass on what comes when it comes.
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
  'access-control-allow-origin': '*',
  connection: 'close',
} as const

/**
 * One answer that never ends: the feed as Server-Sent Events (WHATWG HTML, 9.2). An event's id is the position after it, with
 * which a browser comes back by itself.
 *
 *     recovering ──welcome──▶ begun ──frame, frame, …──▶ ended (too slow, expired, moved) ──▶ closed
 *         └── cannot be recovered: another answer
 */
export class EventStream implements Subscriber {
  readonly #response: ServerResponse
  #isQuiet = false
  #taken_bytes = 0

  constructor(response: ServerResponse) {
    this.#response = response
  }

  get isOpen(): boolean {
    return !this.#response.writableEnded && !this.#response.destroyed
  }

  send(frame: EncodedFrame): void {
    this.#write(frame.wired(EventStream, eventOf))
  }

  buffered(): number {
    return this.#response.writableLength
  }

  /** Tells why as the last event, and closes. */
  end(error: RollingDropError): void {
    if (!this.isOpen) return
    this.#begin()
    this.#response.end(`event: ended\ndata: ${toJson(error.reply())}\n\n`)
    const left = setTimeout(() => this.#response.destroy(), GOODBYE_MS)
    this.#response.once('close', () => clearTimeout(left))
  }

  /** A sign of life where nothing was told since the last time, so that nobody on the way takes the connection for dead. */
  beat(): void {
    if (this.#isQuiet && this.#response.headersSent) this.#write(HEARTBEAT)
    this.#isQuiet = true
  }

  /** Whether nothing of what waits has been taken since the last time. */
  isStuck(): boolean {
    const waiting = this.buffered()
    const before = this.#taken_bytes
    this.#taken_bytes = (this.#response.socket?.bytesWritten ?? 0) - waiting
    return waiting > 0 && this.#taken_bytes <= before
  }

  #write(bytes: Uint8Array): void {
    if (!this.isOpen) return
    this.#isQuiet = false
    this.#begin()
    this.#response.write(bytes)
  }

  /** With the first event, so that whoever cannot be told any gets an answer that says why. */
  #begin(): void {
    if (this.#response.headersSent) return
    // Its end is the connection's: without chunks an event is the same bytes for everyone.
    this.#response.removeHeader('transfer-encoding')
    this.#response.writeHead(200, HEADERS)
    this.#response.write(`retry: ${RETRY_MS + Math.floor(Math.random() * RETRY_MS)}\n\n`)
  }
}

function eventOf(frame: EncodedFrame): Buffer {
  const { lineage, to } = frame.value
  const id = formatPosition({ lineage, seq: BigInt(to) })
  return Buffer.concat([Buffer.from(`id: ${id}\nevent: ${frame.type}\ndata: `), frame.json(), Buffer.from('\n\n')])
}
