/** Payloads of the events of solo openings and the seeds behind them, as JSON: amounts are decimal strings. */

/** One prize, drawn with the pair's seeds and this nonce; `value` in smallest units of the opening's asset. */
export type OpeningDrop = Readonly<{ nonce: number; sku: string; name: string; rarity: string; value: string }>

/**
 * A user opened a box, `drops.length` times in one go. The pair of seeds it was drawn with is `seeds`; `seedHash` was told
 * before, the seed itself comes with `seeds.rotated`. `boxHash` is that of the box's exact contents.
 */
export type OpeningOpened = Readonly<{
  opening: string
  user: string
  box: string
  boxHash: string
  asset: string
  /** What all of it cost. */
  price: string
  seeds: string
  seedHash: string
  clientSeed: string
  drops: readonly OpeningDrop[]
}>

/** The pair from which the user's next openings are drawn, with nonces from 0. A new client seed begins a new pair. */
export type SeedsCommitted = Readonly<{ seeds: string; user: string; seedHash: string; clientSeed: string }>

/** The pair is used no more: its server seed, and how many nonces were drawn with it. */
export type SeedsRotated = Readonly<{
  seeds: string
  user: string
  seedHash: string
  serverSeed: string
  clientSeed: string
  nonces: number
}>

/** A limit somebody set for themselves, in smallest units per day; null takes it away. In force from `from_ms` on. */
export type LimitSet = Readonly<{
  user: string
  limit: 'loss'
  asset: string
  amount: string | null
  from_ms: number
}>
