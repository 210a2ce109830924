const FINAL = 0x80
const opcodes = { text: 0x1, binary: 0x2 } as const
const LENGTH_16 = 126
const LENGTH_64 = 127

/** A whole WebSocket message as a server puts it on the wire (RFC 6455, 5.2), without compression. The same for all who get it. */
export function framed(kind: 'text' | 'binary', payload: Uint8Array): Buffer {
  const { byteLength } = payload
  const head = byteLength < LENGTH_16 ? 2 : byteLength < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafeSlow(head + byteLength)
  frame[0] = FINAL | opcodes[kind]
  frame[1] = head === 2 ? byteLength : head === 4 ? LENGTH_16 : LENGTH_64
  if (head === 4) frame.writeUInt16BE(byteLength, 2)
  if (head === 10) frame.writeBigUInt64BE(BigInt(byteLength), 2)
  frame.set(payload, head)
  return frame
}
