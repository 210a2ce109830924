import { hash } from 'node:crypto'
import type { Audience, EventType } from '../../schema/event.ts'
import { timeOf } from '../../schema/uuid.ts'
import { plainOwner, type Account, type Actor, type Book, type Hold } from '../book.ts'
import type { Decided } from '../decide.ts'
import { chainHash, leafHash, leafSalt, leafText, merkleRoot } from '../leaf.ts'
import { StoreError, type Written } from '../store.ts'
import { keyOf } from './load.ts'
import { ownerKey, type AccountRow, type LegRow, type MemoryTables } from './tables.ts'

/** Writes what a decided book has become: all of it, or nothing and a StoreError `poisoned`. */
export function writeBook(tables: MemoryTables, book: Book, accepted: readonly Decided[]): Written {
  for (const { outcome } of accepted)
    if (timeOf(outcome.id) < tables.oldest_ms)
      throw new StoreError('poisoned', new Error(`no partition takes the id ${outcome.id}`))
  for (const account of book.accounts.values()) if (account.changes > 0) writeAccount(tables, account)
  for (const actor of book.actors.values()) if (actor.changes > 0) writeActor(tables, actor)
  for (const hold of book.holds.values()) writeHold(tables, hold)
  const { seq: base, hash: previous, at_ms: before_ms } = tables.head
  const at_ms = Math.max(tables.now_ms(), before_ms)
  let last = base
  for (const decided of accepted) {
    writeOutcome(tables, decided, last + 1n, at_ms)
    last += BigInt(decided.events.length)
  }
  const salt = hash('sha256', previous, 'buffer').subarray(0, 16) // nobody to hide from, and a run can be repeated exactly
  const digest = merkleRoot(accepted.map((decided) => leafOf(decided, salt)))
  const link = chainHash(previous, digest, last, at_ms)
  tables.batches.push({ first_seq: base + 1n, last_seq: last, at_ms, salt, digest, hash: link })
  return { base, last, at_ms }
}

function writeAccount(tables: MemoryTables, account: Account): void {
  const { id, tenant, owner, asset, balance, held, frozen, changes, closed } = account
  let row = tables.accounts.get(id)
  if (row === undefined) {
    row = { id, tenant, owner, asset, balance, held, version: changes, frozen }
    tables.accounts.set(id, row)
    tables.open.set(keyOf(row), row)
    const name = ownerKey(tenant, plainOwner(owner))
    tables.byOwner.set(name, [...(tables.byOwner.get(name) ?? []), row])
  } else {
    Object.assign(row, { balance, held, frozen, version: row.version + changes })
  }
  if (closed) tables.open.delete(keyOf(row))
}

function writeActor(tables: MemoryTables, actor: Actor): void {
  const { id, tenant, kind, epoch, version, finished } = actor
  const row = tables.actors.get(id) ?? { id, tenant, kind, epoch, version, state: '', node: null, wake_at_ms: null }
  row.version = version
  if (actor.state !== undefined) row.state = actor.state
  if (actor.wake_at_ms !== undefined) row.wake_at_ms = actor.wake_at_ms
  if (!finished) {
    tables.actors.set(id, row)
    return
  }
  tables.actors.delete(id)
  tables.finished.set(id, { ...row, node: null, wake_at_ms: null })
}

function writeHold(tables: MemoryTables, hold: Hold): void {
  const { id, tenant, amount, expires_at_ms, placedBy, closed } = hold
  const debit = hold.debit.id
  const credit = (hold.credit ?? hold.debit).id
  const row = tables.holds.get(id) ?? { id, tenant, debit, credit, amount, expires_at_ms, placedBy }
  const ofDebit = tables.holdsOf.get(row.debit) ?? new Set()
  if (closed === undefined) {
    tables.holds.set(id, row)
    tables.holdsOf.set(row.debit, ofDebit.add(row))
    return
  }
  tables.holds.delete(id)
  ofDebit.delete(row)
  if (ofDebit.size === 0) tables.holdsOf.delete(row.debit)
  tables.closedHolds.set(id, { ...row, ...closed })
}

function writeOutcome(tables: MemoryTables, decided: Decided, first_seq: bigint, at_ms: number): void {
  const { outcome, transfers, events, steps } = decided
  const { id, tenant, kind, owner, request } = outcome
  const actor = outcome.actor?.id ?? null
  const row = (account: Account): AccountRow => tables.accounts.get(account.id)!
  const legs = transfers.map(({ debit, credit, amount, debit_after, credit_after, hold }, n): LegRow => ({
    seq: first_seq,
    n,
    debit: row(debit),
    credit: row(credit),
    amount,
    debit_after,
    credit_after,
    hold,
    outcome: id,
  }))
  for (const leg of legs)
    for (const end of [leg.debit.id, leg.credit.id]) {
      const own = tables.legs.get(end)
      if (own === undefined) tables.legs.set(end, [leg])
      else own.push(leg)
    }
  let seq = first_seq
  for (const [i, { type, audience, payload }] of events.entries())
    tables.events.push({
      seq: seq++,
      type: type as EventType,
      audience: audience as Audience,
      tenant,
      actor,
      user: outcome.events[i]!.user ?? null,
      outcome: id,
      at_ms,
      payload,
    })
  tables.outcomes.set(id, {
    id,
    tenant,
    kind,
    owner,
    actor,
    request,
    steps,
    first_seq,
    last_seq: seq - 1n,
    at_ms,
    legs,
  })
}

function leafOf({ outcome, transfers, steps, events, actor }: Decided, salt: Buffer): Buffer {
  const { id, tenant, kind, owner, request } = outcome
  const legs = transfers.map(({ debit, credit, ...leg }) => ({
    ...leg,
    debit: debit.owner,
    credit: credit.owner,
    asset: debit.asset,
  }))
  const text = leafText({ id, tenant, kind, owner, request, actor, transfers: legs, steps, events })
  return leafHash(leafSalt(salt, id), text)
}
