import { Protocol } from '@colyseus/core'
import { decode } from '@colyseus/schema'
import { unpack } from 'msgpackr'
import { RollingDropError } from '../schema/errors.ts'
import { Rate } from './rate.ts'

export type InboxLimits = Readonly<{ messages_per_second: number; message_bytes_max: number }>

/**
 * What came over a socket: something for Colyseus itself, a message, or one that is refused. `command` is the number the
 * client gave it, where it can be read.
 */
export type Received =
  | Readonly<{ kind: 'colyseus' }>
  | Readonly<{ kind: 'message'; type: string; payload: unknown }>
  | Readonly<{ kind: 'refused'; error: RollingDropError; command: number | undefined }>
  | Readonly<{ kind: 'flood' }>

/** Colyseus's code of a frame is in the lower bits of its first byte. */
const CODE_MASK = 0x1f

/**
 * Reads what one socket says, within its limits: so many messages a second (a bucket that holds one second's worth) and so
 * many bytes each. It answers where Colyseus would close the socket.
 */
export class Inbox {
  readonly #limits: InboxLimits
  readonly #rate: Rate

  constructor(limits: InboxLimits, now_ms: number) {
    this.#limits = limits
    this.#rate = new Rate(limits.messages_per_second, now_ms)
  }

  read(bytes: Uint8Array, now_ms: number): Received {
    const code = (bytes[0] ?? 0) & CODE_MASK
    if (code === Protocol.JOIN_ROOM || code === Protocol.LEAVE_ROOM) return { kind: 'colyseus' }
    const heard = this.#rate.take(now_ms)
    if (heard === 'flood') return { kind: 'flood' }
    if (heard === 'refused') return this.#tooMany(code, bytes)
    if (bytes.byteLength > this.#limits.message_bytes_max) {
      return refused(
        new RollingDropError('request/too-large', { bytes_max: this.#limits.message_bytes_max }),
        code,
        bytes,
      )
    }
    if (code !== Protocol.ROOM_DATA) return code === Protocol.ROOM_DATA_BYTES ? unreadable() : { kind: 'colyseus' }
    return readData(bytes) ?? unreadable()
  }

  #tooMany(code: number, bytes: Uint8Array): Received {
    return refused(
      new RollingDropError('request/too-many', { per_second: this.#limits.messages_per_second }),
      code,
      bytes,
    )
  }
}

function refused(error: RollingDropError, code: number, bytes: Uint8Array): Received {
  const message = code === Protocol.ROOM_DATA ? readData(bytes) : undefined
  return { kind: 'refused', error, command: commandIn(message?.payload) }
}

function unreadable(): Received {
  return { kind: 'refused', error: new RollingDropError('request/invalid'), command: undefined }
}

/** The number that a client gave its command. */
export function commandIn(payload: unknown): number | undefined {
  const command: unknown =
    payload !== null && typeof payload === 'object' && 'command' in payload ? payload.command : undefined
  return typeof command === 'number' && Number.isInteger(command) ? command : undefined
}

/** Undefined when the bytes are not what they should be. */
function readData(bytes: Uint8Array): Extract<Received, { kind: 'message' }> | undefined {
  try {
    const at = { offset: 1 }
    const type = decode.stringCheck(bytes, at) ? decode.string(bytes, at) : String(decode.number(bytes, at))
    const payload: unknown = bytes.byteLength > at.offset ? unpack(bytes.subarray(at.offset)) : undefined
    return { kind: 'message', type, payload }
  } catch {
    return undefined // Whatever is wrong with them, the sender hears that they cannot be read.
  }
}
