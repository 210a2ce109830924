import { Packr } from 'msgpackr'
import { toJson } from '../../schema/json.ts'
import type { FeedProtocol } from '../../schema/live-feed.ts'
import type { EncodedFrame } from '../feed/frame.ts'
import { framed, type Framed } from '../feed/framed.ts'

/** How messages are written on a plain socket. */
export interface Encoding {
  readonly kind: 'text' | 'binary'
  /** Throws when the bytes are not what they should be. */
  read(bytes: Buffer): unknown
  write(message: object): Uint8Array
  /** A frame of the feed with its type in it, as it goes onto the wire. */
  readonly wire: (frame: EncodedFrame) => Framed
}

// Records would let one message of a client say how the next is read.
const packr = new Packr({ useRecords: false })

export const encodings: Readonly<Record<FeedProtocol, Encoding>> = {
  'rollingdrop.json': {
    kind: 'text',
    read: (bytes) => JSON.parse(bytes.toString()) as unknown,
    write: (message) => Buffer.from(toJson(message)),
    wire: (frame) => framed(frame.json(), 'text'),
  },
  'rollingdrop.msgpack': {
    kind: 'binary',
    read: (bytes) => packr.unpack(bytes) as unknown,
    write: (message) => packr.pack(message),
    wire: ({ type, value }) => framed(packr.pack({ type, ...value }), 'binary'),
  },
}
