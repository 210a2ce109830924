/**
 * A solo opening computed a second time, for tests: written from game/fairness.md alone (its section 7), sharing with the
 * program it is held against nothing but the hash functions.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { boxJson, lp, type Box } from './battle.ts'

/** The members of a proof (7.4) that decide an opening. */
export type PublishedOpening = {
  user: string
  serverSeed: string
  clientSeed: string
  box: Box
  drops: { nonce: number; sku: string; value: string; bought?: boolean | undefined }[]
}

export type RecomputedOpening = {
  seedHash: string
  boxHash: string
  price: string
  tickets: bigint[]
  drops: { nonce: number; sku: string; value: string }[]
  payouts: { asset: string; amount: string }[]
}

const u32 = (n: number): Uint8Array => hexToBytes(n.toString(16).padStart(8, '0'))

/** The bytes a block of words is made from (7.2). */
export const openingLine = (of: PublishedOpening, nonce: number, block: number): Uint8Array =>
  lp(
    utf8ToBytes('rollingdrop/opening/1'),
    utf8ToBytes(of.user),
    sha256(utf8ToBytes(boxJson(of.box))),
    hexToBytes(of.clientSeed),
    u32(nonce),
    u32(0),
    u32(block),
  )

/** A whole number 0 … n − 1, by rejection (3). */
export const openingDrawn = (of: PublishedOpening, nonce: number, n: bigint): bigint => {
  const all = 1n << 64n
  for (let block = 0; ; block++) {
    const mac = bytesToHex(hmac(sha256, hexToBytes(of.serverSeed), openingLine(of, nonce, block)))
    const words = mac.match(/.{16}/g)!.map((digits) => BigInt(`0x${digits}`))
    const good = words.find((word) => word < all - (all % n))
    if (good !== undefined) return good % n
  }
}

/** Computes everything that follows from an opening as published. */
export const recomputeOpening = (of: PublishedOpening): RecomputedOpening => {
  const { prizes } = of.box
  const n = prizes.reduce((sum, { weight }) => sum + BigInt(weight), 0n)
  const tickets = of.drops.map(({ nonce }) => openingDrawn(of, nonce, n))
  const drops = of.drops.map(({ nonce }, i) => {
    let below = 0n
    const prize = prizes.find(({ weight }) => (below += BigInt(weight)) > tickets[i]!)!
    return { nonce, sku: prize.sku, value: prize.value }
  })
  const before = of.box.asset.startsWith('play:') ? 'play:item:' : 'item:'
  const kept = drops.filter((_, i) => !of.drops[i]!.bought)
  const payouts = [...new Set(kept.map(({ sku }) => sku))].map((sku) => ({
    asset: before + sku,
    amount: String(kept.filter((drop) => drop.sku === sku).length),
  }))
  const money = drops.reduce((sum, { value }, i) => (of.drops[i]!.bought ? sum + BigInt(value) : sum), 0n)
  if (money > 0n) payouts.push({ asset: of.box.asset, amount: String(money) })
  return {
    seedHash: bytesToHex(sha256(hexToBytes(of.serverSeed))),
    boxHash: bytesToHex(sha256(utf8ToBytes(boxJson(of.box)))),
    price: String(BigInt(of.box.price) * BigInt(drops.length)),
    tickets,
    drops,
    payouts,
  }
}
