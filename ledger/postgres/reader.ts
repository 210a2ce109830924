import type pg from 'pg'
import { kindOf, type OwnerId, type TenantId } from '../../schema/account.ts'
import type { AssetId } from '../../schema/asset.ts'
import type { Audience, CommittedEvent, EventType } from '../../schema/event.ts'
import type { Balance, Receipt } from '../../schema/outcome.ts'
import type { OutcomeId } from '../../schema/uuid.ts'
import type { EventQuery, Head, LedgerReader, StatementEntry, StatementQuery } from '../ledger.ts'
import { Gathering } from '../gathering.ts'
import { balancesOfLegs } from './load.ts'
import { gatherWrites, list, run, statement, type Row, type Statement } from './statement.ts'

const readBalances = statement('read-balances')
const readAccountIds = statement('read-account-ids')
const readStatement = statement('read-statement')
const readStatementOf = statement('read-statement-of')
const readBalanceAt = statement('read-balance-at')
const readEvents = statement('read-events')
const readReceipt = statement('read-receipt')
const readHead = statement('read-head')
const balancesAfter = statement('balances-after')

type Values = readonly unknown[]

/** Balances are looked at more often than anything else: those of a tenant's users at once. */
const TOGETHER = { batch_max: 50, at_once_max: 3 }

const SEQ_MAX = 2n ** 63n - 1n

/** Names the tenant for one transaction, and steps down to the role that sees nothing else. */
const bindTenant: Statement = {
  name: 'bind-tenant',
  text: `select set_config('rollingdrop.tenant', $1, true), set_config('role', 'rollingdrop_reader', true)`,
}

/**
 * Reads the ledger's tables over a pool whose connections pipeline. See `LedgerReader` for what each call promises. Whatever is
 * read for a tenant is read as a role that row-level security binds to that tenant; only the cell's own stream is not.
 */
export class PostgresReader implements LedgerReader {
  readonly #pool: pg.Pool
  readonly #gatherings = new Map<TenantId, Gathering<Values, readonly Row[]>>()

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  async balances(tenant: TenantId, owner: OwnerId): Promise<readonly Balance[]> {
    return (await this.#balances(tenant, [tenant, owner, null])).map((row) => balanceOf(owner, row))
  }

  async balance(tenant: TenantId, owner: OwnerId, asset: AssetId): Promise<Balance | undefined> {
    const [row] = await this.#balances(tenant, [tenant, owner, asset])
    return row && balanceOf(owner, row)
  }

  async statement(query: StatementQuery): Promise<readonly StatementEntry[]> {
    const { tenant, owner, asset, before, limit, kind, since_ms, until_ms } = query
    const accounts = await this.#read(tenant, readAccountIds, [tenant, owner, asset ?? null])
    const assets = new Map(accounts.map(([id, each]) => [id!, each as AssetId]))
    const key = before ?? { seq: SEQ_MAX, n: 0 }
    const page = [list([...assets.keys()]), key.seq, key.n, limit]
    const isWhole = kind === undefined && since_ms === undefined && until_ms === undefined
    const rows = isWhole
      ? await this.#read(tenant, readStatement, page)
      : await this.#read(tenant, readStatementOf, [...page, kind ?? null, since_ms ?? null, until_ms ?? null])
    return rows.map(([seq, n, account, amount, after, outcome, actor, at_ms, kind]) => ({
      seq: BigInt(seq!),
      n: Number(n),
      at_ms: Number(at_ms),
      kind: kind!,
      outcome: outcome as OutcomeId,
      actor: actor!,
      asset: assets.get(account!)!,
      amount: BigInt(amount!),
      balance: BigInt(after!),
    }))
  }

  async balanceAt(tenant: TenantId, owner: OwnerId, asset: AssetId, seq: bigint): Promise<bigint> {
    const accounts = await this.#read(tenant, readAccountIds, [tenant, owner, asset])
    const [row] = await this.#read(tenant, readBalanceAt, [list(accounts.map(([id]) => id!)), seq])
    return BigInt(row![0]!)
  }

  async events(query: EventQuery): Promise<readonly CommittedEvent[]> {
    const values = [query.since, query.until ?? SEQ_MAX, query.limit]
    return (await this.#read(query.tenant, narrowed(query), [...values, ...narrowing(query)])).map(eventOf)
  }

  async receipt(tenant: TenantId, owner: OwnerId, id: OutcomeId): Promise<Receipt | undefined> {
    const [row] = await this.#read(tenant, readReceipt, [id, tenant, owner])
    if (row === undefined) return undefined
    const [, first_seq, last_seq, at_ms] = row
    const balances = balancesOfLegs(await this.#read(tenant, balancesAfter, [list([first_seq!])]))
    return {
      id,
      first_seq: BigInt(first_seq!),
      last_seq: BigInt(last_seq!),
      at_ms: Number(at_ms),
      balances,
      replayed: true,
    }
  }

  async head(): Promise<Head> {
    const [row] = await this.#read(undefined, readHead, [])
    const [lineage, seq, hash, at_ms] = row!
    return { lineage: lineage!, seq: BigInt(seq!), hash: Buffer.from(hash!, 'hex'), at_ms: Number(at_ms) }
  }

  #balances(tenant: TenantId, values: readonly unknown[]): Promise<readonly Row[]> {
    const known = this.#gatherings.get(tenant)
    if (known) return known.ask(values)
    const gathering = new Gathering((all: readonly Values[]) => this.#readEach(tenant, readBalances, all), TOGETHER)
    this.#gatherings.set(tenant, gathering)
    return gathering.ask(values)
  }

  async #read(tenant: TenantId | undefined, wanted: Statement, values: Values): Promise<readonly Row[]> {
    if (tenant === undefined) return this.#lent((client) => run(client, wanted, values))
    return (await this.#readEach(tenant, wanted, [values]))[0]!
  }

  #readEach(tenant: TenantId, wanted: Statement, all: readonly Values[]): Promise<readonly (readonly Row[])[]> {
    return this.#lent((client) => inTenant(client, tenant, () => all.map((values) => run(client, wanted, values))))
  }

  async #lent<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let broken: Error | undefined
    try {
      return await work(client)
    } catch (error) {
      broken = error as Error
      throw error
    } finally {
      client.release(broken)
    }
  }
}

/** What is asked within one transaction that sees nothing but the tenant's. All of it goes out at once. */
async function inTenant<T>(client: pg.ClientBase, tenant: TenantId, ask: () => readonly Promise<T>[]): Promise<T[]> {
  gatherWrites(client)
  const begun = [client.query('begin read only'), run(client, bindTenant, [tenant])]
  const asked = Promise.all(ask())
  const [answers] = await Promise.all([asked, ...begun, client.query('commit')])
  return answers
}

/** What a field of the query asks of an event, `$` standing for its value. An outcome names the run of seqs that is to be read. */
const conditions = {
  tenant: 'tenant = $',
  type: 'type = $',
  actor: 'actor = $',
  user: 'user_id = $',
  outcome:
    'outcome = $::uuid and seq >= (select first_seq from outcome where id = $::uuid) and seq <= (select last_seq from outcome where id = $::uuid)',
} as const satisfies Partial<Record<keyof EventQuery, string>>

type Narrowing = keyof typeof conditions

function fieldsOf(query: EventQuery): readonly Narrowing[] {
  return (Object.keys(conditions) as Narrowing[]).filter((field) => query[field] !== undefined)
}

/** `read-events` with a condition for each field of the query, each combination prepared under a name of its own. */
function narrowed(query: EventQuery): Statement {
  const fields = fieldsOf(query)
  const added = fields.map((field, i) => `and ${conditions[field].replaceAll('$', `$${i + 4}`)}`).join(' ')
  return {
    name: [readEvents.name, ...fields].join('-'),
    text: readEvents.text.replace('order by', `${added} order by`),
  }
}

function narrowing(query: EventQuery): readonly (string | undefined)[] {
  return fieldsOf(query).map((field) => query[field])
}

function balanceOf(owner: OwnerId, [asset, balance, held, frozen]: Row): Balance {
  return {
    owner,
    asset: asset as AssetId,
    kind: kindOf(owner)!,
    balance: BigInt(balance!),
    held: BigInt(held!),
    frozen: frozen === 't',
  }
}

function eventOf([seq, type, audience, tenant, actor, user, outcome, at_ms, payload]: Row): CommittedEvent {
  return {
    seq: BigInt(seq!),
    type: type as EventType,
    audience: audience as Audience,
    tenant: tenant!,
    actor: actor!,
    user: user!,
    outcome: outcome!,
    at_ms: Number(at_ms),
    payload: JSON.parse(payload!) as Record<string, unknown>,
  }
}
