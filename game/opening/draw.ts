import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { weightSum, type Box } from '../../schema/box.ts'
import { drawWithin, prizeAt } from '../fairness/draw.ts'
import { lengthPrefixed, u32 } from '../fairness/line.ts'

/** The name and version of the rules. It stands in front of every draw, so that no two versions share one. */
export const OPENING_ALGORITHM = 'rollingdrop/opening/1'

/** What all draws of one user from one box with one pair of seeds depend on, besides the server seed. Hashes and seeds in hex. */
export type OpeningLine = Readonly<{ user: string; boxHash: string; clientSeed: string }>

/** A box to draw from with one pair of seeds: the HMAC keyed with the server seed, over the fields that all draws share. */
export type OpeningUrn = Readonly<{ begun: ReturnType<typeof hmac.create> }>

/** The prize of an opening is its draw 0. There is no other yet. */
const PRIZE = 0

export function openingUrn(serverSeed: string, line: OpeningLine): OpeningUrn {
  return { begun: hmac.create(sha256, hexToBytes(serverSeed)).update(encodeLine(line)) }
}

/** The index of the prize that the box gives under this nonce. */
export function drawOpening({ begun }: OpeningUrn, nonce: number, box: Box): number {
  const words = (block: number) => {
    const mac = begun
      .clone()
      .update(encodePlace(nonce, PRIZE, block))
      .digest()
    return new DataView(mac.buffer, mac.byteOffset, mac.byteLength)
  }
  return prizeAt(box, drawWithin(words, BigInt(weightSum(box))))
}

/** The bytes that the HMAC of one block is taken over: seven length-prefixed fields, `block` last. */
export function encodeOpening(line: OpeningLine, nonce: number, block: number): Uint8Array {
  return concatBytes(encodeLine(line), encodePlace(nonce, PRIZE, block))
}

function encodeLine({ user, boxHash, clientSeed }: OpeningLine): Uint8Array {
  return lengthPrefixed([
    utf8ToBytes(OPENING_ALGORITHM),
    utf8ToBytes(user),
    hexToBytes(boxHash),
    hexToBytes(clientSeed),
  ])
}

function encodePlace(nonce: number, draw: number, block: number): Uint8Array {
  return lengthPrefixed([u32(nonce), u32(draw), u32(block)])
}
