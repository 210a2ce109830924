import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { lengthPrefixed, u32 } from './line.ts'

const shape = /^[0-9a-f]{64}$/

/** Whether `text` is a seed, a hash or a chain value: 32 bytes as 64 lower-case hex digits. */
export function isHex32(text: string): boolean {
  return shape.test(text)
}

/** The promise made before anyone joins: SHA-256, in hex, of the 32 raw bytes of the server seed. */
export function hashSeed(serverSeed: string): string {
  if (!isHex32(serverSeed)) throw new RangeError('a server seed is 64 lower-case hex digits')
  return bytesToHex(sha256(hexToBytes(serverSeed)))
}

/** The client seed of a bot: SHA-256 of the length-prefixed battle id and seat. Nobody chooses it. */
export function botSeed(battle: string, seat: number): string {
  return bytesToHex(sha256(lengthPrefixed([utf8ToBytes(battle), u32(seat)])))
}
