import type { WebSocket } from 'ws'
import type { z } from 'zod'
import type { Principal } from '../../access/access.ts'
import { RollingDropError, toRollingDropError } from '../../schema/errors.ts'
import { sendFramed, type Framed } from '../feed/framed.ts'
import { refusalOf } from '../feed-options.ts'
import { MOVED, type Guard } from '../guarded-room.ts'
import { Rate } from '../rate.ts'
import type { Encoding } from './encoding.ts'

/** A plain socket that has been let in. */
export type OpenedSocket = Readonly<{ socket: WebSocket; encoding: Encoding }>

type Said = Readonly<{ type: string }>

type Options<Message extends Said> = Readonly<{
  opened: OpenedSocket
  guard: Guard
  /** What may be said, by type. A `token`, where it is among that, is heard here. */
  messages: Readonly<Record<string, z.ZodType<Said>>>
  /** Does what was said. What it throws is told to the client. */
  answer(message: Exclude<Message, Readonly<{ type: 'token' }>>): Promise<void> | void
  /** The socket has closed, or is about to. */
  gone(): void
}>

/**
 * What is said over one plain socket: measured, counted, read and answered one after the other, by whoever the last token says.
 *
 *     open ──message──▶ answered, or refused with a code ──…──▶ ending (expired, flood, silent, moved) ──▶ closed
 */
export class Conversation<Message extends Said> {
  readonly #options: Options<Message>
  readonly #socket: WebSocket
  readonly #rate: Rate
  #principal: Principal | null = null
  #answering: Promise<void> = Promise.resolve()
  #isAlive = true
  #isEnding = false
  #hadItsTime = false

  constructor(options: Options<Message>) {
    const { opened, guard } = options
    this.#options = options
    this.#socket = opened.socket
    this.#rate = new Rate(guard.limits.messages_per_second, guard.clock.now())
    this.#socket.on('message', (data: Buffer, isBinary) => this.#hear(data, isBinary))
    this.#socket.on('ping', () => void this.#mayHear())
    this.#socket.on('pong', () => (this.#isAlive = true))
    this.#socket.on('error', () => {}) // Followed by its close.
    this.#socket.on('close', () => this.#forget())
  }

  get principal(): Principal | null {
    return this.#principal
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  /** Bytes that are sent and not yet taken. */
  get buffered(): number {
    return this.#socket.bufferedAmount
  }

  /** Tells the token that came with the request for the socket. */
  identify(token: string): void {
    this.#inTurn('token', () => this.#renew(token))
  }

  /** Does something after all that was said before it; what it throws is told as the refusal of a message of that type. */
  after(type: string, run: () => Promise<void> | void): void {
    this.#inTurn(type, run)
  }

  tell(message: object): void {
    this.send(this.#options.opened.encoding.write(message))
  }

  refuse(error: RollingDropError, of: string | undefined): void {
    this.tell({ type: 'error', ...(of !== undefined && { of }), ...error.reply() })
  }

  /** Sends a message that is encoded already. */
  send(bytes: Uint8Array): void {
    if (this.isOpen) this.#socket.send(bytes, { binary: this.#options.opened.encoding.kind === 'binary' })
  }

  /** Sends a message that is framed already, for all who get it. */
  sendFramed(message: Framed): void {
    sendFramed(this.#socket, message)
  }

  /** Asks for a sign of life, and ends a socket that gave none since the last time; cuts one that does not take its end. */
  look(): void {
    if (this.#isEnding) {
      if (this.#hadItsTime) this.#socket.terminate()
      this.#hadItsTime = true
      return
    }
    if (!this.#isAlive) return this.end(new RollingDropError('request/no-pong'))
    this.#isAlive = false
    this.#socket.ping()
  }

  /** Sends the client elsewhere. */
  move(address: string): void {
    this.#forget()
    this.refuse(new RollingDropError('server/draining'), undefined)
    this.#socket.close(MOVED, address)
  }

  end(error: RollingDropError): void {
    this.#forget()
    this.refuse(error, undefined)
    this.#socket.close(error.close, error.code)
  }

  #hear(data: Buffer, isBinary: boolean): void {
    if (!this.#mayHear()) return
    const { messages, opened, guard, answer } = this.#options
    const bytes_max = guard.limits.message_bytes_max
    if (data.byteLength > bytes_max)
      return this.refuse(new RollingDropError('request/too-large', { bytes_max }), undefined)
    const said = readSaid<Message>(data, isBinary, opened.encoding, messages)
    if ('refusal' in said) return this.refuse(said.refusal, said.of)
    const { message } = said
    if (isToken(message)) this.identify(message.token)
    else this.#inTurn(message.type, () => answer(message as Exclude<Message, Readonly<{ type: 'token' }>>))
  }

  /** Counts what was said; what is too much is refused, and whoever does not stop is sent away. */
  #mayHear(): boolean {
    const { clock, limits } = this.#options.guard
    if (this.#isEnding) return false
    const heard = this.#rate.take(clock.now())
    if (heard === 'flood') this.end(new RollingDropError('request/too-many'))
    if (heard === 'refused')
      this.refuse(new RollingDropError('request/too-many', { per_second: limits.messages_per_second }), undefined)
    return heard === 'heard'
  }

  #inTurn(type: string, run: () => Promise<void> | void): void {
    this.#answering = this.#runAfter(this.#answering, type, run)
  }

  async #runAfter(before: Promise<void>, type: string, run: () => Promise<void> | void): Promise<void> {
    await before
    if (!this.isOpen) return
    try {
      await run()
    } catch (cause) {
      const error = toRollingDropError(cause)
      if (type === 'token') this.end(error)
      else this.refuse(error, type)
    }
  }

  async #renew(token: string): Promise<void> {
    const { access, watch } = this.#options.guard
    const principal = await access.authenticate(token)
    if (this.#principal && this.#principal.user !== principal.user) throw new RollingDropError('auth/forbidden')
    if (!this.#principal) watch.admit(principal)
    if (!this.isOpen) return
    this.#principal = principal
    watch.watch(this, { principal, end: (error) => this.end(error) })
  }

  #forget(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#options.guard.watch.forget(this)
    this.#options.gone()
  }
}

function isToken(message: Said): message is Readonly<{ type: 'token'; token: string }> {
  return message.type === 'token'
}

type Read<Message> = Readonly<{ message: Message } | { refusal: RollingDropError; of?: string }>

function readSaid<Message extends Said>(
  data: Buffer,
  isBinary: boolean,
  encoding: Encoding,
  messages: Readonly<Record<string, z.ZodType<Said>>>,
): Read<Message> {
  const unreadable = (reason: string) => ({ refusal: new RollingDropError('request/invalid', { reason }) })
  if (isBinary !== (encoding.kind === 'binary')) return unreadable(`${encoding.kind} frames are expected`)
  let said: unknown
  try {
    said = encoding.read(data)
  } catch {
    return unreadable('the message cannot be read')
  }
  const type: unknown = said !== null && typeof said === 'object' && 'type' in said ? said.type : undefined
  if (typeof type !== 'string' || !Object.hasOwn(messages, type)) return unreadable('unknown type')
  const read = messages[type]!.safeParse(said)
  return read.success ? { message: read.data as Message } : { refusal: refusalOf(read.error), of: type }
}
