import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

/** The name and version of the rules. It stands in front of every draw, so that no two versions share one. */
export const ALGORITHM = 'rollingdrop/battle/1'

/**
 * What all draws of a battle depend on besides the server seed. `mode` is the battle's rule as text; `clientSeeds` (64 hex
 * digits each) are in the order of the seats; `entropy` is the public value in hex.
 */
export type SharedLine = Readonly<{ battle: string; mode: string; clientSeeds: readonly string[]; entropy: string }>

/**
 * Where one draw stands. A prize is draw 0 of its round and seat. In the round after the last, draw 0 of seat 0 is the
 * ticket of a jackpot, and the k-th tie-break, counted from 1, is draw k.
 */
export type Place = Readonly<{ round: number; seat: number; draw: number }>

/** All that one draw depends on besides the server seed. */
export type DrawLine = SharedLine & Place

function assertU32(value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw new RangeError(`${value} is not a u32`)
}

/** `value` (0 … 2^32−1) as four bytes, most significant first. Throws a RangeError outside. */
export function u32(value: number): Uint8Array {
  assertU32(value)
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** Each field behind its length in bytes as a u32: no two lists of fields give the same bytes. */
export function lengthPrefixed(fields: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...fields.flatMap((field) => [u32(field.length), field]))
}

/** The first five fields of a line, which all draws of a battle share. */
export function encodeShared({ battle, mode, clientSeeds, entropy }: SharedLine): Uint8Array {
  return lengthPrefixed([
    utf8ToBytes(ALGORITHM),
    utf8ToBytes(battle),
    utf8ToBytes(mode),
    concatBytes(...clientSeeds.map((seed) => hexToBytes(seed))),
    hexToBytes(entropy),
  ])
}

/** The last four fields of a line. Throws a RangeError for a number that is not a u32. */
export function encodePlace({ round, seat, draw }: Place, block: number): Uint8Array {
  const bytes = new Uint8Array(32)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of [round, seat, draw, block].entries()) {
    assertU32(value)
    view.setUint32(index * 8, 4)
    view.setUint32(index * 8 + 4, value)
  }
  return bytes
}

/** The bytes that the HMAC of one block of a draw is taken over: nine length-prefixed fields, `block` last. */
export function encodeLine(line: DrawLine, block: number): Uint8Array {
  return concatBytes(encodeShared(line), encodePlace(line, block))
}
