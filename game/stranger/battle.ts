/**
 * A battle computed a second time, for tests: written from game/fairness.md alone, as a stranger would, and sharing nothing
 * with the program it is held against but the hash functions. Numbers in comments are sections of that page.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

const ALGORITHM = 'rollingdrop/battle/1'
const TWO_64 = 2n ** 64n
const CHAIN_LIMIT = 262_144

/** A prize as the page describes it; the amount is a string of digits. */
export type Prize = { name: string; rarity: string; sku: string; value: string; weight: number }

/** A box as the page describes it. */
export type Box = { asset: string; id: string; name: string; price: string; prizes: Prize[]; version: number }

/** The members of a proof (5) that decide a battle. */
export type Published = {
  battle: string
  mode: string
  asset: string
  serverSeed: string
  boxes: Box[]
  rounds: number[]
  seats: { seat: number; clientSeed: string }[]
  limited?: { sku: string; reserved: number }[]
  entropy: { source: string; round: number; value: string; anchor: string }
}

/** One draw of a prize: the ticket, and what it gave. */
export type Drawn = { round: number; seat: number; ticket: bigint; sku: string; value: string }

/** Everything that follows from what was published. */
export type Recomputed = {
  seedHash: string
  boxHashes: string[]
  boxesHash: string
  price: string
  botSeeds: string[]
  chainHolds: boolean
  drops: Drawn[]
  totals: bigint[]
  pot: bigint
  ties: { draw: number; seat: number; number: bigint }[]
  winners: number[]
  payouts: { seat: number; asset: string; amount: string }[]
}

/** u32(n): four bytes, most significant first. */
const u32 = (n: number): Uint8Array => Uint8Array.of((n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255)

/** lp(…): every field behind its length. */
export const lp = (...fields: Uint8Array[]): Uint8Array =>
  concatBytes(...fields.flatMap((field) => [u32(field.length), field]))

const SHORT: Record<string, string> = {
  '"': String.raw`\"`,
  '\\': String.raw`\\`,
  '\u0008': String.raw`\b`,
  '\u0009': String.raw`\t`,
  '\u000a': String.raw`\n`,
  '\u000c': String.raw`\f`,
  '\u000d': String.raw`\r`,
}

/** A JSON string that escapes only what it must (2.2). Iterating by code point leaves only unpaired surrogates alone. */
const quoted = (text: string): string => {
  let out = ''
  for (const point of text) {
    const code = point.codePointAt(0) ?? 0
    const bare = code >= 0x20 && (code < 0xd800 || code > 0xdfff)
    out += SHORT[point] ?? (bare ? point : String.raw`\u` + code.toString(16).padStart(4, '0'))
  }
  return `"${out}"`
}

/** Canonical JSON of a prize and of a box, with the members written out in the order of their names. */
const prizeJson = ({ name, rarity, sku, value, weight }: Prize): string =>
  `{"name":${quoted(name)},"rarity":${quoted(rarity)},"sku":${quoted(sku)},"value":"${value}","weight":${weight}}`

export const boxJson = ({ asset, id, name, price, prizes, version }: Box): string =>
  `{"asset":${quoted(asset)},"id":${quoted(id)},"name":${quoted(name)},"price":"${price}",` +
  `"prizes":[${prizes.map(prizeJson).join(',')}],"version":${version}}`

const hashOfText = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)))

/** The hash of the boxes, from the hash of each, and the rounds (2.2). */
const hashOfBoxes = (hashes: string[], mode: string, rounds: number[]): string =>
  hashOfText(
    `{"algorithm":"${ALGORITHM}","boxes":[${hashes.map((hash) => `"${hash}"`).join(',')}],` +
      `"mode":${quoted(mode)},"rounds":[${rounds.join(',')}]}`,
  )

/** The seed of a bot, from where it sits (2.3). */
export const botSeed = (battle: string, seat: number): string => bytesToHex(sha256(lp(utf8ToBytes(battle), u32(seat))))

/** Whether a value, hashed round + 1 times, gives the head of its chain (2.4). */
export const chainHolds = ({ source, round, value, anchor }: Published['entropy']): boolean => {
  if (!source.startsWith('chain:') || !Number.isInteger(round) || round < 0 || round >= CHAIN_LIMIT) return false
  let hash = hexToBytes(value)
  for (let times = 0; times <= round; times++) hash = sha256(hash)
  return bytesToHex(hash) === anchor
}

/** What all draws of a battle share: the key, and the front of the line up to the public value (3). */
export type Urn = { key: ReturnType<typeof hmac.create>; front: Uint8Array }

export const urnOf = ({ battle, mode, serverSeed, seats, entropy }: Published): Urn => ({
  key: hmac.create(sha256, hexToBytes(serverSeed)),
  front: lp(
    utf8ToBytes(ALGORITHM),
    utf8ToBytes(battle),
    utf8ToBytes(mode),
    hexToBytes(seats.map(({ clientSeed }) => clientSeed).join('')),
    hexToBytes(entropy.value),
  ),
})

/** The bytes a block of words is made from (3). */
export const line = ({ front }: Urn, round: number, seat: number, draw: number, block: number): Uint8Array =>
  concatBytes(front, lp(u32(round), u32(seat), u32(draw), u32(block)))

/** A whole number 0 … n − 1, by rejection (3). */
export const drawn = (urn: Urn, round: number, seat: number, draw: number, n: bigint): bigint => {
  const bound = TWO_64 - (TWO_64 % n)
  for (let block = 0; ; block++) {
    const bytes = urn.key
      .clone()
      .update(line(urn, round, seat, draw, block))
      .digest()
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    for (let at = 0; at < 32; at += 8) {
      const word = view.getBigUint64(at)
      if (word < bound) return word % n
    }
  }
}

/** The prize of one seat in one round (3). */
const dropOf = (of: Published, urn: Urn, round: number, seat: number): Drawn => {
  const prizes = of.boxes[of.rounds[round] ?? -1]?.prizes ?? []
  const n = prizes.reduce((sum, { weight }) => sum + BigInt(weight), 0n)
  const ticket = drawn(urn, round, seat, 0, n)
  let running = 0n
  for (const { sku, value, weight } of prizes) {
    running += BigInt(weight)
    if (running > ticket) return { round, seat, ticket, sku, value }
  }
  throw new Error(`round ${round} names no box with prizes`)
}

/** Draws again among those who are level until one is left (4, step 4); what is drawn is added to ties. */
const breakTie = (urn: Urn, round: number, level: number[], ties: Recomputed['ties']): number => {
  let left = level
  for (let draw = 1; left.length > 1; draw++) {
    const numbers = left.map((seat) => ({ draw, seat, number: drawn(urn, round, seat, draw, TWO_64) }))
    ties.push(...numbers)
    const highest = numbers.reduce((most, { number }) => (number > most ? number : most), 0n)
    left = numbers.filter(({ number }) => number === highest).map(({ seat }) => seat)
  }
  return left[0] ?? 0
}

/**
 * What the winner gets: each sku as often as it was drawn, in the order of first drawing, then the money for what nothing
 * was kept of (4.6).
 */
const payoutsOf = (of: Published, drops: Drawn[], seat: number): Recomputed['payouts'] => {
  const counts = new Map<string, number>()
  let money = 0n
  for (const { sku, value } of drops) {
    const isPaid = of.limited?.some((item) => item.sku === sku && item.reserved === 0)
    if (isPaid === true) money += BigInt(value)
    else counts.set(sku, (counts.get(sku) ?? 0) + 1)
  }
  const before = of.asset.startsWith('play:') ? 'play:item:' : 'item:'
  const items = [...counts].map(([sku, count]) => ({ seat, asset: before + sku, amount: String(count) }))
  return money > 0n ? [...items, { seat, asset: of.asset, amount: String(money) }] : items
}

/** Computes everything that follows from a battle as published. */
export const recompute = (of: Published): Recomputed => {
  const boxHashes = of.boxes.map((box) => hashOfText(boxJson(box)))
  const urn = urnOf(of)
  const drops = of.rounds.flatMap((_, round) => of.seats.map(({ seat }) => dropOf(of, urn, round, seat)))
  const totals = of.seats.map(({ seat }) =>
    drops.reduce((sum, drop) => (drop.seat === seat ? sum + BigInt(drop.value) : sum), 0n),
  )
  const highest = totals.reduce((most, total) => (total > most ? total : most), 0n)
  const ties: Recomputed['ties'] = []
  const level = of.seats.map(({ seat }) => seat).filter((seat) => totals[seat] === highest)
  const winner = breakTie(urn, of.rounds.length, level, ties)
  return {
    seedHash: bytesToHex(sha256(hexToBytes(of.serverSeed))),
    boxHashes,
    boxesHash: hashOfBoxes(boxHashes, of.mode, of.rounds),
    price: String(of.rounds.reduce((sum, index) => sum + BigInt(of.boxes[index]?.price ?? 0), 0n)),
    botSeeds: of.seats.map(({ seat }) => botSeed(of.battle, seat)),
    chainHolds: chainHolds(of.entropy),
    drops,
    totals,
    pot: totals.reduce((sum, total) => sum + total, 0n),
    ties,
    winners: [winner],
    payouts: payoutsOf(of, drops, winner),
  }
}
