import type { PoolClient } from 'pg'
import type { TenantId } from '../schema/account.ts'
import { forgetLetters } from './accounts/forget.ts'
import { forgetBattleNames } from './battle-names.ts'
import type { Sealer } from './seal.ts'

/** Somebody who is being erased, and what their rows cannot be found without. */
export type Leaving = Readonly<{ user: string; tenant: TenantId; sealer: Sealer }>

/**
 * A table that says something of a person beyond ids and amounts: what they are called, where they live, what they use.
 * Whatever stands in none of these survives an erasure, and no export shows it.
 */
export type PersonalTable = Readonly<{
  table: string
  /** The column with the user's id, a uuid or text. */
  user: string
  /**
   * What becomes of the user's rows: they go, these columns are set to so, or whatever this does in the erasing transaction. They stay
   * where they hold ids, amounts and states only, and are listed for what an export shows.
   */
  how:
    | 'delete'
    | 'stays'
    | Readonly<Record<string, string | null>>
    | ((client: PoolClient, leaving: Leaving) => Promise<void>)
  /** Columns that the person is given in an export. Left out: nothing, as for secrets. */
  told?: readonly string[]
  /** Those of `told` that rest sealed, and under which context. */
  sealed?: Readonly<Record<string, (user: string) => string>>
}>

/** All of them, in the order in which they are erased: what is needed to find others comes later. */
export const personalTables: readonly PersonalTable[] = [
  { table: 'battle_player', user: 'user_id', how: forgetBattleNames },
  { table: 'mail', user: 'user_id', how: forgetLetters },
  { table: 'one_time_token', user: 'user_id', how: 'delete' },
  { table: 'recovery_code', user: 'user_id', how: 'delete' },
  { table: 'totp', user: 'user_id', how: 'delete', told: ['confirmed_ms'] },
  { table: 'person_identity', user: 'user_id', how: 'delete', told: ['issuer', 'subject'] },
  { table: 'preference', user: 'user_id', how: 'delete', told: ['value', 'changed_ms'] },
  { table: 'session_ack', user: 'user_id', how: 'delete' },
  { table: 'idempotency_key', user: 'principal', how: 'delete' },
  { table: 'session', user: 'user_id', how: 'delete', told: ['id', 'device', 'created_ms', 'revoked_ms'] },
  { table: 'signal', user: 'user_id', how: 'delete', told: ['kind', 'first_ms', 'last_ms', 'count'] },
  { table: 'client_event', user: 'user_id', how: 'delete', told: ['type', 'at_ms', 'properties'] },
  { table: 'partner_user', user: 'user_id', how: 'delete', told: ['external_id'] },
  {
    table: 'sent_to',
    user: 'user_id',
    how: 'delete',
    told: ['id', 'sealed'],
    sealed: { sealed: (user) => `sent-to/${user}` },
  },
  {
    table: 'person_standing',
    user: 'user_id',
    how: 'delete',
    told: ['sealed', 'stated_ms'],
    sealed: { sealed: (user) => `person/${user}` },
  },
  {
    table: 'person_proof',
    user: 'user_id',
    how: 'delete',
    told: ['provider', 'state', 'begun_ms', 'decided_ms'],
  },
  {
    table: 'payment_listing',
    user: 'user_id',
    how: 'stays',
    told: ['id', 'direction', 'status', 'provider', 'asset', 'amount', 'begun_ms'],
  },
  { table: 'redemption_listing', user: 'user_id', how: 'stays', told: ['id', 'status'] },
  {
    table: 'market_listing',
    user: 'seller',
    how: 'stays',
    told: ['id', 'asset', 'money', 'price', 'phase', 'created_at', 'ended_at'],
  },
  {
    table: 'market_order',
    user: 'user_id',
    how: 'stays',
    told: ['id', 'asset', 'money', 'price', 'quantity', 'phase', 'created_at', 'ended_at'],
  },
  { table: 'person', user: 'user_id', how: 'delete', told: ['email', 'created_ms'] },
  // The id stays: what the ledger says of it still has to add up.
  {
    table: 'app_user',
    user: 'id',
    how: { name: 'erased', handle: null, roles: '{}' },
    told: ['id', 'tenant', 'name', 'guest', 'roles', 'created_ms'],
  },
]
