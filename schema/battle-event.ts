/** Payloads of the events of a battle, as JSON: amounts are decimal strings, seats count from 0, rounds from 0. */

export type SeatTaken = Readonly<{ seat: number; user: string | null; bot: boolean }>

export type BattleCreated = Readonly<{
  battle: string
  creator: string
  mode: string
  rounds: readonly string[]
  seats: number
  /** Seats of one side: 1 when everyone is alone. */
  teamSize: number
  asset: string
  price: string
  /** What the next player pays for a seat: the price less what is sponsored. */
  entry: string
  /** Percent. */
  sponsor: number
  minLevel: number
  /** Percent. */
  borrowMax: number
}>

export type BattleJoined = Readonly<{ battle: string } & SeatTaken>
export type BattleLeft = Readonly<{ battle: string; seat: number; user: string }>
export type BattleCancelled = Readonly<{ battle: string; reason: 'creator' | 'expired' }>

/**
 * The last seat is taken; `entropy` names the public value that will decide, before anyone can know it. `battle.refixed` names
 * a later one, because the commit that named the last one came too late to be sure of that. `limited` is left out when the
 * boxes hold no such item, and of `battle.refixed`.
 */
export type BattleStarted = Readonly<{ battle: string; entropy: EntropyRef; limited?: readonly Limited[] }>

/**
 * An item of which there are only so many, and how many of it are kept for a battle: as many as it could draw at most, or
 * none, where the stock does not hold so many; what is drawn of it is then paid in money, at its published value.
 */
export type Limited = Readonly<{ sku: string; reserved: number }>

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
  teamSize: number
  asset: string
  price: string
  pot: string
  winners: readonly number[]
  /** `total`: the worth of what the seat opened; `share`: the worth of what it gets. */
  seats: readonly (SeatTaken & { total: string; share: string })[]
  drops: readonly Drop[]
}>

/** A public value fixed before it exists: `round` of the source `source` (`chain:<id>` or `drand:<chain hash>`), due at `due_ms`. */
export type EntropyRef = Readonly<{ source: string; round: number; due_ms: number }>
