import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

/** The name and version of the rules. It stands in front of every draw, so that no two versions share one. */
export const ALGORITHM = 'rollingdrop/battle/1'

/**
 * What one draw depends on besides the server seed. `clientSeeds` (64 hex digits each) are in the order of the seats;
 * `entropy` is the public value in hex. A prize is draw 0 of its round and seat; the k-th tie-break, counted from 1, is
 * draw k of the round after the last.
 */
export type DrawLine = Readonly<{
  battle: string
  mode: string
  clientSeeds: readonly string[]
  entropy: string
  round: number
  seat: number
  draw: number
}>

/** `value` (0 … 2^32−1) as four bytes, most significant first. Throws a RangeError outside. */
export function u32(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw new RangeError(`${value} is not a u32`)
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** Each field behind its length in bytes as a u32: no two lists of fields give the same bytes. */
export function lengthPrefixed(fields: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...fields.flatMap((field) => [u32(field.length), field]))
}

/** The fields of a line that all draws of a battle share. */
function sharedFields(line: DrawLine): Uint8Array[] {
  return [
    utf8ToBytes(ALGORITHM),
    utf8ToBytes(line.battle),
    utf8ToBytes(line.mode),
    concatBytes(...line.clientSeeds.map((seed) => hexToBytes(seed))),
    hexToBytes(line.entropy),
  ]
}

/** The bytes that the HMAC of one block of a draw is taken over: nine length-prefixed fields, `block` last. */
export function encodeLine(line: DrawLine, block: number): Uint8Array {
  return lengthPrefixed([...sharedFields(line), u32(line.round), u32(line.seat), u32(line.draw), u32(block)])
}
