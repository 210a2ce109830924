import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/** A WebSocket message with its header, as it goes over the wire to every client; `payload` is the part after the header. */
export type Framed = Readonly<{ bytes: Buffer; payload: Buffer; isBinary: boolean }>

const FIN = 0x80
const TEXT = 1
const BINARY = 2

/** What ws keeps of a socket. Private to it, so all of it may be missing or mean something else one day. */
type Inside = Readonly<{
  _socket?: Duplex | null
  _sender?: Readonly<{ _state?: number; _firstFragment?: boolean }> | null
}>

/** A whole, unmasked, uncompressed message of a server (RFC 6455, 5.2). */
export function framed(payload: Uint8Array, kind: 'text' | 'binary'): Framed {
  const { byteLength } = payload
  const header = byteLength < 126 ? 2 : byteLength < 65_536 ? 4 : 10
  const bytes = Buffer.allocUnsafeSlow(header + byteLength)
  bytes[0] = FIN | (kind === 'text' ? TEXT : BINARY)
  if (header === 2) bytes[1] = byteLength
  else if (header === 4) {
    bytes[1] = 126
    bytes.writeUInt16BE(byteLength, 2)
  } else {
    bytes[1] = 127
    bytes.writeBigUInt64BE(BigInt(byteLength), 2)
  }
  bytes.set(payload, header)
  return { bytes, payload: bytes.subarray(header), isBinary: kind === 'binary' }
}

/**
 * Sends one message to one of many sockets. `socket.send` would make a header and options for each of them and write twice; a
 * message that is framed already can go to the stream below as it is, as long as ws is not in the middle of something there: a
 * message in parts, one that is being compressed, or the closing.
 */
export function sendFramed(socket: WebSocket, message: Framed): void {
  if (socket.readyState !== 1) return
  const { _socket: stream, _sender: sender } = socket as unknown as Inside
  const { _state: state, _firstFragment: isBetween } = sender ?? {}
  if (stream && state === 0 && isBetween === true) stream.write(message.bytes)
  else socket.send(message.payload, { binary: message.isBinary, compress: false })
}
