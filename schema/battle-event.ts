/** Payloads of the events of a battle, as JSON: amounts are decimal strings, seats count from 0, rounds from 0. */

export type SeatTaken = Readonly<{ seat: number; user: string | null; bot: boolean }>

export type BattleCreated = Readonly<{
  battle: string
  creator: string
  mode: string
  rounds: readonly string[]
  seats: number
  asset: string
  price: string
}>

export type BattleJoined = Readonly<{ battle: string } & SeatTaken>
export type BattleLeft = Readonly<{ battle: string; seat: number; user: string }>
export type BattleCancelled = Readonly<{ battle: string; reason: 'creator' | 'expired' }>

/** The last seat is taken; `entropy` names the public value that will decide, before anyone can know it. */
export type BattleStarted = Readonly<{ battle: string; entropy: EntropyRef }>

/** One prize drawn, `value` in smallest units of the battle's asset. */
export type Drop = Readonly<{
  round: number
  seat: number
  box: string
  sku: string
  name: string
  rarity: string
  value: string
}>

export type BattleSettled = Readonly<{
  battle: string
  mode: string
  asset: string
  price: string
  pot: string
  winners: readonly number[]
  seats: readonly (SeatTaken & { total: string })[]
  drops: readonly Drop[]
}>

/** A public value fixed before it exists: `round` of the source `source` (`chain:<id>` or `drand:<chain hash>`), due at `due_ms`. */
export type EntropyRef = Readonly<{ source: string; round: number; due_ms: number }>
