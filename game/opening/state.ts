import type { OwnerId, TenantId } from '../../schema/account.ts'
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
 * What a user may spend on openings in a day, in smallest units as decimal strings. `left` of `day` (UTC, `2026-01-31`) is
 * exactly what lies in the budget account. `raise` is what it becomes at `from_ms`; an amount of null is no limit.
 */
export type Limit = Readonly<{
  amount: string
  raise: Readonly<{ amount: string | null; from_ms: number }> | null
  day: string
  left: string
}>

/**
 * What a user opens boxes with, the state of the actor `seeds-<user>`:
 *
 *     next only ──client seed──▶ current, and another next ──client seed──▶ last (revealed), current, and another next
 *
 * The server seed of `next` is chosen and its hash told before the client seed that it will be used with is given.
 * `limits` are by the money that is spent.
 */
export type Seeds = Readonly<{
  /** Rises with every pair that begins, and stands first in the stored text: what the table of revealed pairs looks at. */
  pairs: number
  user: string
  tenant: TenantId
  next: SealedSeed
  current: Pair | null
  last: EndedPair | null
  limits: Readonly<Record<string, Limit>>
}>

export type Effects = Readonly<{ kind: string; transfers: readonly Transfer[]; events: readonly EventDraft[] }>

export type Decision = Readonly<
  { ok: true; seeds: Seeds; effects: Effects } | { ok: false; code: ErrorCode; details?: unknown }
>

export const seedsActor = (user: string): string => `seeds-${user}`
export const SEEDS = 'seeds'
export const budgetOwner = (user: string): OwnerId => `budget:loss:${user}`
export const BUDGET_ISSUER: OwnerId = 'issue:budgets'

export function seedsToJson(seeds: Seeds): string {
  return JSON.stringify(seeds)
}

/** The seeds that `seedsToJson` wrote. Text from anywhere else is not checked. */
export function seedsFromJson(text: string): Seeds {
  return JSON.parse(text) as Seeds
}
