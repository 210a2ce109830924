import { Packr } from 'msgpackr'
import type { FeedFrame, FeedWelcome } from '../../schema/feed.ts'
import { toJson } from '../../schema/json.ts'

const packr = new Packr({ useRecords: false })

/**
 * One frame of the feed for all who share it, whatever their door: each encoding is made when the first of them asks for it,
 * and is the same object for everyone after.
 */
export class EncodedFrame {
  readonly type: 'welcome' | 'frame'
  readonly value: FeedWelcome | FeedFrame
  readonly #wired = new Map<object, unknown>()
  #msgpack: Uint8Array | undefined
  #json: Uint8Array | undefined

  constructor(type: 'frame', value: FeedFrame)
  constructor(type: 'welcome', value: FeedWelcome)
  constructor(type: 'welcome' | 'frame', value: FeedWelcome | FeedFrame) {
    this.type = type
    this.value = value
  }

  /** The frame alone; its type travels beside it. */
  msgpack(): Uint8Array {
    return (this.#msgpack ??= packr.pack(this.value))
  }

  /** UTF-8 of the frame with its `type` as the first field. */
  json(): Uint8Array {
    return (this.#json ??= Buffer.from(toJson({ type: this.type, ...this.value })))
  }

  /** About how long it is on the wire. */
  get bytes(): number {
    return (this.#msgpack ?? this.#json ?? this.msgpack()).byteLength
  }

  /** What `door` puts on its wire for this frame, made once for all its sockets. */
  wired<T>(door: object, make: (frame: EncodedFrame) => T): T {
    const known = this.#wired.get(door)
    if (known !== undefined) return known as T
    const made = make(this)
    this.#wired.set(door, made)
    return made
  }
}
