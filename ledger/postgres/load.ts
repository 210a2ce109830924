import type pg from 'pg'
import { kindOf, mayBeNegative } from '../../schema/account.ts'
import type { AssetId } from '../../schema/asset.ts'
import type { OutcomeId } from '../../schema/uuid.ts'
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
import type { AccountIds } from './account-ids.ts'
import { gatherWrites, list, run, statement, texts, type Row } from './statement.ts'

const lockAccounts = statement('lock-accounts')
const wideAccounts = statement('wide-accounts')
const lockActors = statement('lock-actors')
const lockHolds = statement('lock-holds')
const findOutcomes = statement('find-outcomes')
const usedIds = statement('used-ids')
const now = statement('now')
const balancesOf = statement('balances-after')

/**
 * Opens a transaction and locks what a batch needs: accounts, then actors, then holds, each in the order of its ids; then looks
 * up ids seen before. All of it goes out at once and costs one round trip, but for what is rare: stripes, replays, and
 * lapsed holds of accounts this process did not know.
 */
export async function loadBook(client: pg.Client, needs: Needs, ids: AccountIds): Promise<Book> {
  const wide = needs.wide.length === 0 ? [] : await findStripes(client, needs.wide, ids)
  const keys = [...new Set([...needs.accounts, ...wide])]
  const unknown = keys.filter((key) => ids.get(key) === undefined)
  const known = keys.flatMap((key) => ids.get(key) ?? [])
  gatherWrites(client)
  const [, accountRows, actorRows, holdRows, usedRows, seenRows, nowRows] = await Promise.all([
    client.query('begin'),
    run(client, lockAccounts, [list(known), ...namesOf(unknown), list(needs.holds)]),
    run(client, lockActors, [texts(needs.actors)]),
    run(client, lockHolds, [list(needs.holds), list(known)]),
    needs.placed.length + needs.created.length === 0
      ? []
      : run(client, usedIds, [list(needs.placed), texts(needs.created)]),
    needs.outcomes.length === 0
      ? []
      : run(client, findOutcomes, [list(needs.outcomes), needs.outcomes[0], needs.outcomes.at(-1)]),
    run(client, now, []),
  ])
  const accounts = new Map(accountRows.map((row) => accountOf(row)).map((account) => [keyOf(account), account]))
  for (const key of unknown) if (accounts.has(key)) ids.set(key, accounts.get(key)!.id)
  const expected = new Set(known)
  const held = accountRows.filter((row) => row[5] !== '0' && !expected.has(row[0]!)).map((row) => row[0]!)
  const lapsed = held.length === 0 ? [] : await run(client, lockHolds, [list([]), list(held)])
  const byId = new Map([...accounts.values()].map((account) => [account.id, account]))
  for (const key of needs.accounts) {
    if (accounts.has(key)) continue
    ids.forget(key) // it may have stood under an id that is closed by now
    const account = await newAccount(client, key, ids)
    accounts.set(key, account)
  }
  return {
    now_ms: Number(nowRows[0]![0]),
    accounts,
    stripes: stripesOf(needs.wide, accounts),
    actors: new Map(actorRows.map((row) => actorOf(row)).map((actor) => [actor.id, actor])),
    holds: holdsOf([...holdRows, ...lapsed], byId),
    used: new Set(usedRows.map(([id]) => id!)),
    seen: await seenOf(client, seenRows),
  }
}

async function findStripes(client: pg.Client, plain: readonly string[], ids: AccountIds): Promise<string[]> {
  const rows = await run(client, wideAccounts, namesOf(plain))
  return rows.map(([id, tenant, owner, asset]) => {
    const key = accountKey(tenant!, owner!, asset as AssetId)
    ids.set(key, id!)
    return key
  })
}

function namesOf(keys: readonly string[]): (string | null)[] {
  const names = keys.map(accountOfKey)
  return [
    texts(names.map(({ tenant }) => tenant)),
    texts(names.map(({ owner }) => owner)),
    texts(names.map(({ asset }) => asset)),
  ]
}

const keyOf = ({ tenant, owner, asset }: Account): string => accountKey(tenant, owner, asset)

function accountOf([id, tenant, owner, asset, balance, held, frozen]: Row): Account {
  const kind = kindOf(plainOwner(owner!))!
  return {
    id: id!,
    tenant: tenant!,
    owner: owner!,
    asset: asset as AssetId,
    kind,
    may_be_negative: mayBeNegative(kind),
    isNew: false,
    balance: BigInt(balance!),
    held: BigInt(held!),
    frozen: frozen === 't',
    changes: 0,
    closed: false,
  }
}

/** An account that does not exist yet. It is opened by the first outcome that is accepted with it, not by one that is refused. */
async function newAccount(client: pg.Client, key: string, ids: AccountIds): Promise<Account> {
  const { tenant, owner, asset } = accountOfKey(key)
  const kind = kindOf(plainOwner(owner))!
  return {
    id: await ids.next(client),
    tenant,
    owner,
    asset,
    kind,
    may_be_negative: mayBeNegative(kind),
    isNew: true,
    balance: 0n,
    held: 0n,
    frozen: false,
    changes: 0,
    closed: false,
  }
}

function actorOf([id, tenant, kind, epoch, version]: Row): Actor {
  return {
    id: id!,
    tenant: tenant!,
    kind: kind!,
    isNew: false,
    epoch: Number(epoch),
    version: Number(version),
    state: undefined,
    wake_at_ms: undefined,
    finished: false,
    changes: 0,
  }
}

/** Holds whose accounts are locked with them; one that was closed between the two locks is left out, as gone. */
function holdsOf(rows: readonly Row[], byId: ReadonlyMap<string, Account>): Map<string, Hold> {
  const holds = new Map<string, Hold>()
  for (const [id, tenant, debitId, creditId, amount, expires_at_ms, placedBy] of rows) {
    const debit = byId.get(debitId!)
    if (debit === undefined) continue
    holds.set(id!, {
      id: id as OutcomeId,
      tenant: tenant!,
      debit,
      credit: byId.get(creditId!),
      amount: BigInt(amount!),
      expires_at_ms: expires_at_ms === null ? null : Number(expires_at_ms),
      placedBy: placedBy as OutcomeId,
      isNew: false,
      closed: undefined,
    })
  }
  return holds
}

function stripesOf(plain: readonly string[], accounts: ReadonlyMap<string, Account>): Map<string, readonly Account[]> {
  const stripes = new Map<string, Account[]>(plain.map((key) => [key, []]))
  for (const account of accounts.values())
    stripes.get(accountKey(account.tenant, plainOwner(account.owner), account.asset))?.push(account)
  return stripes
}

/** What the outcomes seen before answered, made again from their transfers. */
async function seenOf(client: pg.Client, rows: readonly Row[]): Promise<Map<string, Seen>> {
  if (rows.length === 0) return new Map()
  const legs = await run(client, balancesOf, [list(rows.map((row) => row[2]!))])
  return new Map(
    rows.map(([id, request, first_seq, last_seq, at_ms]) => [
      id!,
      {
        request: request!,
        first_seq: BigInt(first_seq!),
        last_seq: BigInt(last_seq!),
        at_ms: Number(at_ms),
        balances: balancesOfLegs(legs.filter((leg) => leg[0] === first_seq)),
      },
    ]),
  )
}

/** The balances of a receipt from rows of `balances-after`. */
export function balancesOfLegs(legs: readonly Row[]): Seen['balances'] {
  return balancesAfter(
    legs.map(([, debit_after, credit_after, debitTenant, debitOwner, asset, creditTenant, creditOwner]) => ({
      debit: { tenant: debitTenant!, owner: debitOwner!, asset: asset as AssetId },
      credit: { tenant: creditTenant!, owner: creditOwner!, asset: asset as AssetId },
      debit_after: BigInt(debit_after!),
      credit_after: BigInt(credit_after!),
    })),
  )
}
