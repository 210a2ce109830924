import type { TenantId } from '../../schema/account.ts'
import type { ErrorCode } from '../../schema/errors.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { SeedPair } from '../../schema/opening.ts'
import type { Transfer } from '../../schema/outcome.ts'

/** A server seed at rest: its id, its hash, which is public, and the seed itself, sealed. */
export type SealedSeed = Readonly<{ id: string; seedHash: string; sealed: string }>

/** A pair in use. `nonce` is the next one. */
export type Pair = SealedSeed & Readonly<{ clientSeed: string; nonce: number }>

/** A pair that is used no more. */
export type EndedPair = SeedPair & Readonly<{ serverSeed: string; nonces: number }>

/**
 * What a user opens boxes with, the state of the actor `seeds-<user>`:
 *
 *     next only ──client seed──▶ current, and another next ──client seed──▶ last (revealed), current, and another next
 *
 * The server seed of `next` is chosen and its hash told before the client seed that it will be used with is given.
 */
export type Seeds = Readonly<{
  /** Rises with every pair that begins, and stands first in the stored text: what the table of revealed pairs looks at. */
  pairs: number
  user: string
  tenant: TenantId
  next: SealedSeed
  current: Pair | null
  last: EndedPair | null
}>

export type Effects = Readonly<{ kind: string; transfers: readonly Transfer[]; events: readonly EventDraft[] }>

export type Decision = Readonly<
  { ok: true; seeds: Seeds; effects: Effects } | { ok: false; code: ErrorCode; details?: unknown }
>

export const seedsActor = (user: string): string => `seeds-${user}`
export const SEEDS = 'seeds'

export function seedsToJson(seeds: Seeds): string {
  return JSON.stringify(seeds)
}

/** The seeds that `seedsToJson` wrote. Text from anywhere else is not checked. */
export function seedsFromJson(text: string): Seeds {
  return JSON.parse(text) as Seeds
}
