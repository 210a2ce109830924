import type { Room } from '@colyseus/core'
import type { Encoder } from '@colyseus/schema'

/** What we reach of the serializer of a room with a schema as its state. */
type SchemaSerializer = { encoder: Encoder; fullEncodeBuffer: Uint8Array; handshake(): Uint8Array }

/** What a client is told of a kind of state before the state itself; it follows from the class alone. */
const handshakes = new Map<object, Uint8Array>()

/**
 * Makes what a room sends of its state its own: Colyseus hands out views of one buffer that the next patch writes over, so a
 * socket that is behind would send parts of the wrong patch. One copy a patch, shared by all clients. `state_bytes_max` is
 * how large the whole state may get; the buffers are made for that, not for Colyseus's default of any state. The handshake,
 * which Colyseus makes anew in each room, is made once for all rooms of a kind.
 */
export function ownPatches(room: Pick<Room, 'roomId'>, state_bytes_max: number): void {
  const serializer = Reflect.get(room, '_serializer') as SchemaSerializer
  const { encoder } = serializer
  const first = serializer.fullEncodeBuffer[0]!
  serializer.fullEncodeBuffer = new Uint8Array(state_bytes_max).fill(first, 0, 1)
  encoder.sharedBuffer = new Uint8Array(state_bytes_max)
  const encode = encoder.encode.bind(encoder)
  const encodeAll = encoder.encodeAll.bind(encoder)
  encoder.encode = (...args) => encode(...args).slice()
  encoder.encodeAll = (...args) => encodeAll(...args).slice()
  const handshake = serializer.handshake.bind(serializer)
  serializer.handshake = () => {
    const kind = encoder.state.constructor
    const known = handshakes.get(kind) ?? handshake()
    handshakes.set(kind, known)
    return known
  }
}
