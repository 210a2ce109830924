import type { WebSocket } from 'ws'
import type { Principal } from '../../access/access.ts'
import { MAIN_TENANT } from '../../schema/account.ts'
import { RollingDropError, toRollingDropError } from '../../schema/errors.ts'
import { lobbyTypes, plainMessages, type PlainMessage, type PlainMessages } from '../../schema/plain-battles.ts'
import { parsePosition } from '../../schema/position.ts'
import { wishOf } from '../feed/filter.ts'
import type { FeedHub, FeedLimits } from '../feed/hub.ts'
import type { Subscriber } from '../feed/subscriber.ts'
import { MOVED, type Guard } from '../guarded-room.ts'
import { Rate } from '../rate.ts'
import type { Following } from './follow.ts'
import { encode } from './followed.ts'

export type PlainParts = Readonly<{
  guard: Guard
  hub: FeedHub
  following: Following
  limits: Omit<FeedLimits, 'tick_ms'>
}>

/**
 * One plain socket: what it says, and what it is told. What it has not read yet is bounded: of the lobby frames are skipped as
 * the feed skips them, of a battle everything until it has caught up, and then it gets the whole of it.
 *
 *     open ──lobby──▶ told what happens ──watch──▶ and of one battle ──…──▶ closed (expired, flood, too slow, moved)
 */
export class PlainSocket {
  readonly #socket: WebSocket
  readonly #parts: PlainParts
  readonly #rate: Rate
  readonly #subscriber: Subscriber
  #principal: Principal | null = null
  #watching: Awaited<ReturnType<Following['follow']>> | undefined
  /** Rises with each `watch` and `lobby`, so that one that is overtaken while it reads comes to nothing. */
  #turns = { watch: 0, lobby: 0 }
  #behind_since_ms: number | undefined
  #answering: Promise<void> = Promise.resolve()
  #isAlive = true

  constructor(socket: WebSocket, parts: PlainParts) {
    this.#socket = socket
    this.#parts = parts
    this.#rate = new Rate(parts.guard.limits.messages_per_second, parts.guard.clock.now())
    this.#subscriber = {
      send: (frame) => this.#send(frame.json()),
      buffered: () => socket.bufferedAmount,
      end: (error) => this.end(error),
    }
    socket.on('message', (data: Buffer, isBinary) => this.#hear(data, isBinary))
    socket.on('pong', () => (this.#isAlive = true))
    socket.on('error', () => {}) // Followed by its close.
    socket.on('close', () => this.#forget())
  }

  /** Tells the token that came with the request for the socket. */
  identify(token: string): void {
    this.#answer({ type: 'token', token })
  }

  /** Asks for a sign of life, and ends a socket that gave none since the last time; looks whether it has caught up. */
  look(): void {
    if (!this.#isAlive) return this.#socket.terminate()
    this.#isAlive = false
    this.#socket.ping()
  }

  /** A reader of a battle that was behind and has caught up gets the whole of it; one that stays behind is sent away. */
  catchUp(): void {
    if (this.#behind_since_ms === undefined) return
    const { limits, guard } = this.#parts
    if (this.#socket.bufferedAmount <= limits.skip_bytes) {
      this.#behind_since_ms = undefined
      if (this.#watching) this.#send(this.#watching.snapshot())
    } else if (guard.clock.now() - this.#behind_since_ms >= limits.slow_ms)
      this.end(new RollingDropError('feed/too-slow'))
  }

  /** Sends the client elsewhere. */
  move(address: string): void {
    this.#tell(new RollingDropError('server/draining'), undefined)
    this.#socket.close(MOVED, address)
  }

  end(error: RollingDropError): void {
    this.#forget()
    this.#tell(error, undefined)
    this.#socket.close(error.close, error.code)
  }

  #hear(data: Buffer, isBinary: boolean): void {
    const { clock, limits } = this.#parts.guard
    const heard = this.#rate.take(clock.now())
    if (heard === 'flood') return this.end(new RollingDropError('request/too-many'))
    if (heard === 'refused')
      return this.#tell(new RollingDropError('request/too-many', { per_second: limits.messages_per_second }), undefined)
    if (data.byteLength > limits.message_bytes_max)
      return this.#tell(new RollingDropError('request/too-large', { bytes_max: limits.message_bytes_max }), undefined)
    const said = isBinary ? 'text frames of JSON are expected' : read(data)
    if (typeof said === 'string') this.#tell(new RollingDropError('request/invalid', { reason: said }), undefined)
    else this.#answer(said)
  }

  /** One message after the other: what is asked for is asked for by whoever the last token says. */
  #answer(said: PlainMessage): void {
    this.#answering = this.#answerAfter(this.#answering, said)
  }

  async #answerAfter(before: Promise<void>, said: PlainMessage): Promise<void> {
    await before
    if (this.#socket.readyState !== this.#socket.OPEN) return
    try {
      await this.#do(said)
    } catch (cause) {
      const error = toRollingDropError(cause)
      if (said.type === 'token') this.end(error)
      else this.#tell(error, said.type)
    }
  }

  async #do(said: PlainMessage): Promise<void> {
    switch (said.type) {
      case 'token':
        return this.#renew(said.token)
      case 'lobby':
        return this.#enterLobby(said)
      case 'leaveLobby':
        return this.#parts.hub.unsubscribe(this.#subscriber)
      case 'watch':
        return this.#watch(said.battle)
      case 'unwatch':
        return this.#unwatch()
      default:
        return said satisfies never
    }
  }

  async #renew(token: string): Promise<void> {
    const { access, watch } = this.#parts.guard
    const principal = await access.authenticate(token)
    if (this.#principal && this.#principal.user !== principal.user) throw new RollingDropError('auth/forbidden')
    if (!this.#principal) watch.admit(principal)
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#principal = principal
    watch.watch(this, { principal, end: (error) => this.end(error) })
  }

  async #enterLobby({ since, filter }: PlainMessages['lobby']): Promise<void> {
    const position = since === undefined ? undefined : parsePosition(since)
    if (since !== undefined && position === undefined) throw new RollingDropError('feed/position')
    const { hub } = this.#parts
    const turn = ++this.#turns.lobby
    hub.unsubscribe(this.#subscriber)
    const wanted = { ...filter, types: filter?.types ?? [...lobbyTypes] }
    const wish = wishOf(this.#tenant, wanted, 'public', this.#principal?.user)
    const isThere = () => turn === this.#turns.lobby && this.#socket.readyState === this.#socket.OPEN
    await hub.subscribe(this.#subscriber, wish, position, isThere)
  }

  async #watch(battle: string): Promise<void> {
    this.#unwatch()
    const turn = this.#turns.watch
    const watching = await this.#parts.following.follow(battle, this.#tenant, (frame) => this.#show(frame))
    if (turn === this.#turns.watch && this.#socket.readyState === this.#socket.OPEN) this.#watching = watching
    else watching.stop()
  }

  #unwatch(): void {
    this.#turns.watch += 1
    this.#watching?.stop()
    this.#watching = undefined
    this.#behind_since_ms = undefined
  }

  #show(frame: Uint8Array): void {
    if (this.#socket.bufferedAmount > this.#parts.limits.skip_bytes)
      this.#behind_since_ms ??= this.#parts.guard.clock.now()
    else if (this.#behind_since_ms === undefined) this.#send(frame)
    else this.catchUp()
  }

  get #tenant() {
    return this.#principal?.tenant ?? MAIN_TENANT
  }

  #forget(): void {
    this.#unwatch()
    this.#turns.lobby += 1
    this.#parts.hub.unsubscribe(this.#subscriber)
    this.#parts.guard.watch.forget(this)
  }

  #tell(error: RollingDropError, of: string | undefined): void {
    this.#send(encode({ type: 'error', ...(of !== undefined && { of }), ...error.reply() }))
  }

  #send(text: Uint8Array): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text, { binary: false })
  }
}

/** What was said, or what is wrong with it. */
function read(data: Buffer): PlainMessage | string {
  let json: unknown
  try {
    json = JSON.parse(data.toString())
  } catch {
    return 'not JSON'
  }
  const type: unknown = json !== null && typeof json === 'object' && 'type' in json ? json.type : undefined
  if (typeof type !== 'string' || !Object.hasOwn(plainMessages, type)) return 'unknown type'
  const result = plainMessages[type as keyof PlainMessages].safeParse(json)
  if (result.success) return result.data
  return result.error.issues.map(({ path, message }) => `${[type, ...path].join('.')}: ${message}`).join('; ')
}
