import { z } from 'zod'
import { boxVersion } from './http.ts'

/** Payloads of the events of solo openings and the seeds behind them, as JSON: amounts are decimal strings. */

/**
 * One prize, drawn with the pair's seeds and this nonce; `value` in smallest units of the opening's asset. `bought`: the stock
 * held none, so that its value was paid instead.
 */
export type OpeningDrop = Readonly<{
  nonce: number
  sku: string
  name: string
  rarity: string
  value: string
  bought?: true | undefined
}>

/** So many of an item, or so much money. */
export type OpeningPayout = Readonly<{ asset: string; amount: string }>

/**
 * A user opened a box, `drops.length` times in one go. The pair of seeds it was drawn with is `seeds`; `seedHash` was told
 * before, the seed itself comes with `seeds.rotated`. `boxHash` is that of the box's exact contents.
 */
export type OpeningOpened = Readonly<{
  opening: string
  user: string
  box: string
  version: number
  boxHash: string
  asset: string
  /** What all of it cost. */
  price: string
  seeds: string
  seedHash: string
  clientSeed: string
  drops: readonly OpeningDrop[]
  payouts: readonly OpeningPayout[]
}>

/** A pair of seeds as everyone may know it while it is in use. */
export type SeedPair = Readonly<{ seeds: string; seedHash: string; clientSeed: string }>

/**
 * The server seed of the pair after this one is chosen, and its hash told, while nobody knows yet which client seed it will
 * meet. `current` is the pair from which the user's next openings are drawn, with nonces from 0; null before the first one.
 */
export type SeedsCommitted = Readonly<{
  user: string
  current: SeedPair | null
  next: Readonly<{ seeds: string; seedHash: string }>
}>

/** The pair is used no more: its server seed, and how many nonces were drawn with it. */
export type SeedsRotated = Readonly<{
  seeds: string
  user: string
  seedHash: string
  serverSeed: string
  clientSeed: string
  nonces: number
}>

/** Boxes opened in one go. */
export const OPENED_AT_ONCE_MAX = 100

const hex = z.string().regex(/^[0-9a-f]{64}$/, 'a hash is 64 lower-case hex digits')
const hex32 = z.string().regex(/^[0-9a-f]{64}$/, 'a seed is 64 lower-case hex digits')
const amount = z.string().regex(/^(0|[1-9][0-9]{0,18})$/, 'an amount is a whole number of smallest units')
const uuid = z.string().regex(/^[0-9a-f-]{36}$/)

/** A command to open boxes. */
export const openBoxes = z.strictObject({
  box: z.string().min(1).max(64).describe('id of a box in the catalogue'),
  count: z.int().min(1).max(OPENED_AT_ONCE_MAX).default(1),
  boxHash: hex.exactOptional().describe('of the contents you have seen: opened is that version, or nothing'),
})
export type OpenBoxes = z.output<typeof openBoxes>

/** A command to begin the next pair with a client seed of one's own; the pair in use until then is revealed. */
export const beginSeeds = z.strictObject({
  seeds: uuid.describe('the pair to begin: the `next` one, whose hash you have been told'),
  clientSeed: hex32.describe('64 hex digits that nobody else can know beforehand'),
})
export type BeginSeeds = z.output<typeof beginSeeds>

export const opened = z.object({
  opening: uuid,
  box: z.string(),
  boxHash: hex32,
  asset: z.string(),
  price: amount.describe('what all of it cost'),
  seeds: uuid,
  seedHash: hex32,
  clientSeed: hex32,
  drops: z.array(
    z.object({
      nonce: z.int(),
      sku: z.string(),
      name: z.string(),
      rarity: z.string(),
      value: amount,
      bought: z.literal(true).optional().describe('out of stock: its value was paid instead'),
    }),
  ),
  payouts: z.array(z.object({ asset: z.string(), amount })),
  balance: amount.describe('of the money it was paid with, right after it'),
})
/** The receipt of an opening. The same command gives the same one again. */
export type Opened = z.infer<typeof opened>

const pairInUse = z.object({
  seeds: uuid,
  seedHash: hex32,
  clientSeed: hex32,
  nonce: z.int().describe('of the next box to be opened'),
})
const endedPair = z.object({
  seeds: uuid,
  seedHash: hex32,
  serverSeed: hex32,
  clientSeed: hex32,
  nonces: z.int().describe('how many were drawn with it'),
})
export const ownSeeds = z.object({
  current: pairInUse.nullable().describe('null until you have begun a pair'),
  next: z.object({ seeds: uuid, seedHash: hex32 }).describe('the pair after it; its server seed is chosen already'),
  last: endedPair.nullable().describe('the pair before it, revealed'),
})
/** A user's seeds, as far as the user may know them. */
export type OwnSeeds = z.infer<typeof ownSeeds>

export const openingProof = z.object({
  algorithm: z.literal('rollingdrop/opening/1'),
  opening: uuid,
  user: z.string(),
  seeds: uuid,
  seedHash: hex32,
  serverSeed: hex32.nullable().describe('null until the pair is rotated'),
  clientSeed: hex32,
  box: boxVersion,
  boxHash: hex32,
  asset: z.string(),
  price: amount,
  drops: z.array(z.object({ nonce: z.int(), sku: z.string(), value: amount, bought: z.literal(true).optional() })),
  payouts: z.array(z.object({ asset: z.string(), amount })),
})
/** Everything a stranger needs to recompute an opening. */
export type OpeningProof = z.infer<typeof openingProof>
