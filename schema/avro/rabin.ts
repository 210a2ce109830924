const EMPTY = 0xc15d213aa4d7a795n

const table = Array.from({ length: 256 }, (_, byte) => {
  let fingerprint = BigInt(byte)
  for (let bit = 0; bit < 8; bit++) fingerprint = (fingerprint >> 1n) ^ ((fingerprint & 1n) === 0n ? 0n : EMPTY)
  return fingerprint
})

/** CRC-64-AVRO, the fingerprint of a schema's canonical form (Avro specification, "Schema Fingerprints"), little-endian. */
export function rabin(bytes: Uint8Array): Buffer {
  let fingerprint = EMPTY
  for (const byte of bytes) fingerprint = (fingerprint >> 8n) ^ table[Number((fingerprint ^ BigInt(byte)) & 0xffn)]!
  const result = Buffer.alloc(8)
  result.writeBigUInt64LE(fingerprint)
  return result
}
