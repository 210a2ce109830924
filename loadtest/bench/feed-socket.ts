import { randomBytes } from 'node:crypto'
import net from 'node:net'

const HEAD_END = '\r\n\r\n'
/** A masked pong: sent unasked, so that nobody has to look for pings among what is only counted. */
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])
const PONG_MS = 2_000
const RECEIVE_BYTES = 131_072

/** All sockets of the process read into the same memory: what is only counted need not be kept. */
const shared = Buffer.allocUnsafeSlow(RECEIVE_BYTES)

/** A WebSocket client that costs next to nothing: messages are read until it is told to count only. */
export class FeedSocket {
  bytes = 0
  isOpen = false
  readonly #socket: net.Socket
  readonly #read: (payload: Buffer) => void
  readonly #pong: NodeJS.Timeout
  #rest: Buffer = Buffer.alloc(0)
  #isCounting = false

  constructor(
    port: number,
    path: string,
    read: (payload: Buffer, socket: FeedSocket) => void,
    { protocol }: Readonly<{ protocol?: string }> = {},
  ) {
    this.#read = (payload) => read(payload, this)
    this.#socket = net.connect({
      port,
      host: '127.0.0.1',
      onread: { buffer: shared, callback: (bytes, buffer) => (this.#take(bytes, buffer as Buffer), true) },
    })
    this.#socket.on('error', () => {}) // Followed by its close.
    this.#socket.on('close', () => this.close())
    const key = randomBytes(16).toString('base64')
    const upgrade = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13${protocol === undefined ? '' : `\r\nSec-WebSocket-Protocol: ${protocol}`}`
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\nSec-WebSocket-Key: ${key}${HEAD_END}`)
    this.#pong = setInterval(() => this.#socket.write(PONG), PONG_MS)
  }

  /** From now on what comes is only counted. */
  count(): void {
    this.#isCounting = true
  }

  /** A short message, masked with zeros. */
  send(payload: Buffer): void {
    this.#socket.write(Buffer.concat([Buffer.from([0x82, 0x80 | payload.length, 0, 0, 0, 0]), payload]))
  }

  close(): void {
    this.isOpen = false
    clearInterval(this.#pong)
    this.#socket.destroy()
  }

  #take(bytes: number, buffer: Buffer): void {
    this.bytes += bytes
    if (this.#isCounting && this.isOpen) return
    let rest = Buffer.concat([this.#rest, buffer.subarray(0, bytes)])
    if (!this.isOpen) {
      const end = rest.indexOf(HEAD_END)
      if (end < 0) return void (this.#rest = rest)
      if (!rest.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) return this.close()
      this.isOpen = true
      rest = rest.subarray(end + HEAD_END.length)
    }
    for (let frame = frameIn(rest); frame; frame = frameIn(rest)) {
      rest = rest.subarray(frame.end)
      if (frame.isBinary) this.#read(frame.payload)
    }
    this.#rest = rest
  }
}

function frameIn(bytes: Buffer): Readonly<{ payload: Buffer; end: number; isBinary: boolean }> | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes[1]! & 0x7f
  const at = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < at) return undefined
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (bytes.length < at + length) return undefined
  return { payload: bytes.subarray(at, at + length), end: at + length, isBinary: (bytes[0]! & 0x0f) === 2 }
}
