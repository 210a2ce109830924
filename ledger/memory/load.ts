import { kindOf, mayBeNegative } from '../../schema/account.ts'
import {
  accountKey,
  accountOfKey,
  plainOwner,
  type Account,
  type Actor,
  type Book,
  type Hold,
  type Seen,
} from '../book.ts'
import { balancesAfter } from '../decide.ts'
import type { Needs } from '../needs.ts'
import type { AccountRow, ActorRecord, HoldRow, MemoryTables, OutcomeRow } from './tables.ts'

/** Copies out of the tables what a batch needs, as `loadBook` of Postgres does. */
export function loadBook(tables: MemoryTables, needs: Needs): Book {
  const now_ms = Math.max(tables.now_ms(), tables.head.at_ms)
  const accounts = new Map<string, Account>()
  const byId = new Map<string, Account>()
  const take = (row: AccountRow | undefined): void => {
    if (row === undefined || byId.has(row.id) || !isOpen(tables, row)) return
    const account = accountOf(row)
    accounts.set(keyOf(row), account)
    byId.set(row.id, account)
  }
  for (const key of needs.accounts) take(tables.open.get(key))
  const wide = new Set(needs.wide)
  if (wide.size > 0) for (const row of tables.open.values()) if (wide.has(plainKeyOf(row))) take(row)
  for (const id of needs.holds) {
    const hold = tables.holds.get(id)
    take(hold && tables.accounts.get(hold.debit))
    take(hold && tables.accounts.get(hold.credit))
  }
  const holds = holdsOf(tables, needs, byId, now_ms)
  for (const key of needs.accounts) if (!accounts.has(key)) accounts.set(key, newAccount(tables, key))
  return {
    now_ms,
    accounts,
    stripes: stripesOf(needs.wide, accounts),
    actors: new Map(needs.actors.flatMap((id) => tables.actors.get(id) ?? []).map((row) => [row.id, actorOf(row)])),
    holds,
    used: new Set([
      ...needs.placed.filter((id) => tables.closedHolds.has(id)),
      ...needs.created.filter((id) => tables.finished.has(id)),
    ]),
    seen: new Map(needs.outcomes.flatMap((id) => tables.outcomes.get(id) ?? []).map((row) => [row.id, seenOf(row)])),
  }
}

function isOpen(tables: MemoryTables, row: AccountRow): boolean {
  return tables.open.get(keyOf(row)) === row
}

export const keyOf = ({ tenant, owner, asset }: AccountRow): string => accountKey(tenant, owner, asset)
const plainKeyOf = ({ tenant, owner, asset }: AccountRow): string => accountKey(tenant, plainOwner(owner), asset)

function accountOf({ id, tenant, owner, asset, balance, held, frozen }: AccountRow): Account {
  const kind = kindOf(plainOwner(owner))!
  const may_be_negative = mayBeNegative(kind)
  return {
    id,
    tenant,
    owner,
    asset,
    kind,
    may_be_negative,
    isNew: false,
    balance,
    held,
    frozen,
    changes: 0,
    closed: false,
  }
}

function newAccount(tables: MemoryTables, key: string): Account {
  const row = { id: tables.nextAccountId(), ...accountOfKey(key), balance: 0n, held: 0n, version: 0, frozen: false }
  return { ...accountOf(row), isNew: true }
}

function actorOf({ id, tenant, kind, epoch, version }: ActorRecord): Actor {
  return {
    id,
    tenant,
    kind,
    isNew: false,
    epoch,
    version,
    state: undefined,
    wake_at_ms: undefined,
    finished: false,
    changes: 0,
  }
}

/** The holds the batch names, and the lapsed ones of its accounts, in the order of their ids. */
function holdsOf(
  tables: MemoryTables,
  needs: Needs,
  byId: ReadonlyMap<string, Account>,
  now_ms: number,
): Map<string, Hold> {
  const rows = new Set<HoldRow>(needs.holds.flatMap((id) => tables.holds.get(id) ?? []))
  for (const id of byId.keys())
    for (const hold of tables.holdsOf.get(id) ?? [])
      if (hold.expires_at_ms !== null && hold.expires_at_ms <= now_ms) rows.add(hold)
  const sorted = [...rows].toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return new Map(
    sorted.map(({ id, tenant, debit, credit, amount, expires_at_ms, placedBy }) => [
      id,
      {
        id,
        tenant,
        debit: byId.get(debit)!,
        credit: byId.get(credit),
        amount,
        expires_at_ms,
        placedBy,
        isNew: false,
        closed: undefined,
      },
    ]),
  )
}

function stripesOf(plain: readonly string[], accounts: ReadonlyMap<string, Account>): Map<string, readonly Account[]> {
  const stripes = new Map<string, Account[]>(plain.map((key) => [key, []]))
  for (const account of accounts.values())
    stripes.get(accountKey(account.tenant, plainOwner(account.owner), account.asset))?.push(account)
  return stripes
}

function seenOf({ request, first_seq, last_seq, at_ms, legs }: OutcomeRow): Seen {
  return { request, first_seq, last_seq, at_ms, balances: balancesAfter(legs) }
}
