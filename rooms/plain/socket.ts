import { MAIN_TENANT } from '../../schema/account.ts'
import { readBattleRef } from '../../schema/battle-ref.ts'
import { RollingDropError } from '../../schema/errors.ts'
import { lobbyTypes, plainMessages, type PlainMessage, type PlainMessages } from '../../schema/plain-battles.ts'
import { wishOf } from '../feed/filter.ts'
import type { FeedHub, FeedLimits } from '../feed/hub.ts'
import type { Subscriber } from '../feed/subscriber.ts'
import { readPosition } from '../feed-options.ts'
import type { Guard } from '../guarded-room.ts'
import { Conversation, type OpenedSocket } from './conversation.ts'
import type { DoorSocket } from './door.ts'
import type { Following } from './follow.ts'

export type PlainParts = Readonly<{
  guard: Guard
  hub: FeedHub
  following: Following
  limits: Omit<FeedLimits, 'tick_ms'>
}>

/**
 * One socket of `/ws/battles`. What it has not read yet is bounded: of the lobby frames are skipped as the feed skips them, of a
 * battle everything until it has caught up, and then it gets the whole of it.
 *
 *     open ──lobby──▶ told what happens ──watch──▶ and of one battle ──…──▶ closed
 */
export class PlainSocket implements DoorSocket {
  readonly #parts: PlainParts
  readonly #conversation: Conversation<PlainMessage>
  readonly #subscriber: Subscriber
  #watching: Awaited<ReturnType<Following['follow']>> | undefined
  /** Rises with each `watch` and `lobby`, so that one that is overtaken while it reads comes to nothing. */
  #turns = { watch: 0, lobby: 0 }
  #behind_since_ms: number | undefined

  constructor(opened: OpenedSocket, token: string | undefined, parts: PlainParts) {
    this.#parts = parts
    const conversation = new Conversation<PlainMessage>({
      opened,
      guard: parts.guard,
      messages: plainMessages,
      answer: (message) => this.#do(message),
      gone: () => this.#forget(),
    })
    this.#conversation = conversation
    this.#subscriber = {
      send: (frame) => conversation.sendFramed(frame.wired(opened.encoding, opened.encoding.wire)),
      buffered: () => conversation.buffered,
      end: (error) => conversation.end(error),
    }
    if (token !== undefined) conversation.identify(token)
  }

  look(): void {
    this.#conversation.look()
  }

  move(address: string): void {
    this.#conversation.move(address)
  }

  /** A reader of a battle that was behind and has caught up gets the whole of it; one that stays behind is sent away. */
  catchUp(): void {
    if (this.#behind_since_ms === undefined) return
    const { limits, guard } = this.#parts
    if (this.#conversation.buffered <= limits.skip_bytes) {
      this.#behind_since_ms = undefined
      if (this.#watching) this.#conversation.send(this.#watching.snapshot())
    } else if (guard.clock.now() - this.#behind_since_ms >= limits.slow_ms)
      this.#conversation.end(new RollingDropError('feed/too-slow'))
  }

  async #do(said: Exclude<PlainMessage, PlainMessages['token']>): Promise<void> {
    switch (said.type) {
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

  async #enterLobby({ since, filter }: PlainMessages['lobby']): Promise<void> {
    const position = readPosition(since)
    const { hub } = this.#parts
    const turn = ++this.#turns.lobby
    hub.unsubscribe(this.#subscriber)
    const wanted = { ...filter, types: filter?.types ?? [...lobbyTypes] }
    const wish = wishOf(this.#tenant, wanted, 'public', this.#conversation.principal?.user)
    const isThere = () => turn === this.#turns.lobby && this.#conversation.isOpen
    await hub.subscribe(this.#subscriber, wish, position, isThere)
  }

  async #watch(battle: string): Promise<void> {
    const ref = readBattleRef(battle)!
    this.#unwatch()
    const turn = this.#turns.watch
    const watching = await this.#parts.following.follow(
      ref,
      { tenant: this.#tenant, user: this.#conversation.principal?.user },
      (frame) => this.#show(frame),
    )
    if (turn === this.#turns.watch && this.#conversation.isOpen) this.#watching = watching
    else watching.stop()
  }

  #unwatch(): void {
    this.#turns.watch += 1
    this.#watching?.stop()
    this.#watching = undefined
    this.#behind_since_ms = undefined
  }

  #show(frame: Uint8Array): void {
    if (this.#conversation.buffered > this.#parts.limits.skip_bytes)
      this.#behind_since_ms ??= this.#parts.guard.clock.now()
    else if (this.#behind_since_ms === undefined) this.#conversation.send(frame)
    else this.catchUp()
  }

  get #tenant() {
    return this.#conversation.principal?.tenant ?? MAIN_TENANT
  }

  #forget(): void {
    this.#unwatch()
    this.#turns.lobby += 1
    this.#parts.hub.unsubscribe(this.#subscriber)
  }
}
