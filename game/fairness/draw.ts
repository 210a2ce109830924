import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { hexToBytes } from '@noble/hashes/utils.js'
import { weightSum, type Box } from '../../schema/box.ts'
import { encodePlace, encodeShared, type DrawLine, type Place, type SharedLine } from './line.ts'

const WORDS = 2n ** 64n

/** Far beyond what can happen: with the worst `n` a block is used up with a chance of 1/16. */
const BLOCKS_MAX = 1_000

/** What all draws of a battle begin with: the HMAC keyed with the server seed, over the fields that they share. */
export type Urn = Readonly<{ begun: ReturnType<typeof hmac.create> }>

export function openUrn(serverSeed: string, shared: SharedLine): Urn {
  return { begun: hmac.create(sha256, hexToBytes(serverSeed)).update(encodeShared(shared)) }
}

/** The four numbers (0 … 2^64−1) of one block: HMAC-SHA256 keyed by the raw server seed, read most significant byte first. */
export function drawWords(serverSeed: string, line: DrawLine, block: number): readonly bigint[] {
  const words = wordsOf(openUrn(serverSeed, line), line, block)
  return [0, 8, 16, 24].map((offset) => words.getBigUint64(offset))
}

/**
 * A number 0 … n−1, each exactly as likely, for n in 1 … 2^64: the first word below the largest multiple of `n` that
 * fits 64 bits, modulo `n`. When all four words of a block are rejected the next block is taken.
 */
export function drawFrom(urn: Urn, place: Place, n: bigint): bigint {
  return drawWithin((block) => wordsOf(urn, place, block), n)
}

/** As `drawFrom`, over the 32 bytes that each block gives. */
export function drawWithin(wordsOfBlock: (block: number) => DataView, n: bigint): bigint {
  if (n < 1n || n > WORDS) throw new RangeError(`cannot draw below ${n}`)
  const bound = WORDS - (WORDS % n)
  for (let block = 0; block < BLOCKS_MAX; block++) {
    const words = wordsOfBlock(block)
    for (let offset = 0; offset < 32; offset += 8) {
      const word = words.getBigUint64(offset)
      if (word < bound) return word % n
    }
  }
  throw new Error(`${BLOCKS_MAX} blocks in a row were rejected: the HMAC is broken`)
}

/** A draw from an urn opened for it alone. */
export function drawBelow(serverSeed: string, line: DrawLine, n: bigint): bigint {
  return drawFrom(openUrn(serverSeed, line), line, n)
}

/** The index of the prize that `ticket` (0 … sum of weights − 1) falls on, counting weights in the order of the prizes. */
export function prizeAt(box: Box, ticket: bigint): number {
  let rest = ticket
  for (const [index, prize] of box.prizes.entries()) {
    rest -= BigInt(prize.weight)
    if (rest < 0n) return index
  }
  throw new RangeError(`ticket ${ticket} lies past the weights of box ${box.id}`)
}

/** Opens `box`: the index of the prize that the draw at `place` gives. */
export function drawPrize(urn: Urn, place: Place, box: Box): number {
  return prizeAt(box, drawFrom(urn, place, BigInt(weightSum(box))))
}

function wordsOf({ begun }: Urn, place: Place, block: number): DataView {
  const mac = begun.clone().update(encodePlace(place, block)).digest()
  return new DataView(mac.buffer, mac.byteOffset, mac.byteLength)
}
