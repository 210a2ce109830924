import { kindOf, type OwnerId, type TenantId } from '../../schema/account.ts'
import type { AssetId } from '../../schema/asset.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { Balance, Receipt } from '../../schema/outcome.ts'
import type { OutcomeId } from '../../schema/uuid.ts'
import { balancesAfter } from '../decide.ts'
import type { EventQuery, Head, LedgerReader, StatementEntry, StatementQuery } from '../ledger.ts'
import { keyOf } from './load.ts'
import { ownerKey, type AccountRow, type LegRow, type MemoryTables } from './tables.ts'

/** Reads the tables in memory. See `LedgerReader` for what each call promises. */
export class MemoryReader implements LedgerReader {
  readonly #tables: MemoryTables

  constructor(tables: MemoryTables) {
    this.#tables = tables
  }

  balances(tenant: TenantId, owner: OwnerId): Promise<readonly Balance[]> {
    const sums = new Map<AssetId, Balance>()
    for (const row of this.#accounts(tenant, owner, undefined)) {
      if (this.#tables.open.get(keyOf(row)) !== row) continue
      const before = sums.get(row.asset)
      sums.set(row.asset, {
        owner,
        asset: row.asset,
        kind: kindOf(owner)!,
        balance: (before?.balance ?? 0n) + row.balance,
        held: (before?.held ?? 0n) + row.held - this.#lapsed(row),
        frozen: (before?.frozen ?? false) || row.frozen,
      })
    }
    return Promise.resolve([...sums.values()].toSorted((a, b) => (a.asset < b.asset ? -1 : 1)))
  }

  async balance(tenant: TenantId, owner: OwnerId, asset: AssetId): Promise<Balance | undefined> {
    return (await this.balances(tenant, owner)).find((each) => each.asset === asset)
  }

  statement(query: StatementQuery): Promise<readonly StatementEntry[]> {
    const { tenant, owner, asset, before, limit } = query
    const own = new Set(this.#accounts(tenant, owner, asset))
    const legs = [...own].flatMap((row) => this.#tables.legs.get(row.id) ?? [])
    const page = legs
      .filter((leg) => !(own.has(leg.debit) && own.has(leg.credit))) // between stripes of the owner: nothing came or went
      .filter(({ seq, n }) => before === undefined || seq < before.seq || (seq === before.seq && n < before.n))
      .filter((leg) => this.#isWanted(leg, query))
      .toSorted((a, b) => Number(b.seq - a.seq) || b.n - a.n)
      .slice(0, limit)
    return Promise.resolve(page.map((leg) => this.#entry(leg, own)))
  }

  balanceAt(tenant: TenantId, owner: OwnerId, asset: AssetId, seq: bigint): Promise<bigint> {
    const balances = this.#accounts(tenant, owner, asset).map((row) => {
      const last = this.#tables.legs.get(row.id)?.findLast((leg) => leg.seq <= seq)
      if (last === undefined) return 0n
      return last.debit === row ? last.debit_after : last.credit_after
    })
    return Promise.resolve(balances.reduce((total, each) => total + each, 0n))
  }

  events({ since, until, limit, tenant, type, actor, user, outcome }: EventQuery): Promise<readonly CommittedEvent[]> {
    const found: CommittedEvent[] = []
    const { events } = this.#tables
    for (let i = Number(since); i < events.length && found.length < limit; i++) {
      const row = events[i]!
      if (until !== undefined && row.seq > until) break
      if (tenant !== undefined && row.tenant !== tenant) continue
      if (type !== undefined && row.type !== type) continue
      if (actor !== undefined && row.actor !== actor) continue
      if (user !== undefined && row.user !== user) continue
      if (outcome !== undefined && row.outcome !== outcome) continue
      found.push({ ...row, payload: JSON.parse(row.payload) as Record<string, unknown> })
    }
    return Promise.resolve(found)
  }

  receipt(tenant: TenantId, owner: OwnerId, id: OutcomeId): Promise<Receipt | undefined> {
    const row = this.#tables.outcomes.get(id)
    if (row === undefined || row.tenant !== tenant || row.owner !== owner) return Promise.resolve(undefined)
    const { first_seq, last_seq, at_ms, legs } = row
    return Promise.resolve({ id, first_seq, last_seq, at_ms, balances: balancesAfter(legs), replayed: true })
  }

  head(): Promise<Head> {
    return Promise.resolve({ lineage: this.#tables.lineage, ...this.#tables.head })
  }

  #accounts(tenant: TenantId, owner: OwnerId, asset: AssetId | undefined): AccountRow[] {
    const rows = this.#tables.byOwner.get(ownerKey(tenant, owner)) ?? []
    return asset === undefined ? rows : rows.filter((row) => row.asset === asset)
  }

  #lapsed({ id }: AccountRow): bigint {
    const now_ms = this.#tables.now_ms()
    let sum = 0n
    for (const { expires_at_ms, amount } of this.#tables.holdsOf.get(id) ?? [])
      if (expires_at_ms !== null && expires_at_ms <= now_ms) sum += amount
    return sum
  }

  #isWanted({ outcome }: LegRow, { kind, since_ms = 0, until_ms = Infinity }: StatementQuery): boolean {
    const row = this.#tables.outcomes.get(outcome)!
    return (kind === undefined || row.kind === kind) && row.at_ms >= since_ms && row.at_ms < until_ms
  }

  #entry(leg: LegRow, own: ReadonlySet<AccountRow>): StatementEntry {
    const { seq, n, outcome, debit, amount, debit_after, credit_after } = leg
    const { kind, actor, at_ms } = this.#tables.outcomes.get(outcome)!
    const out = own.has(debit)
    const sides = out ? { amount: -amount, balance: debit_after } : { amount, balance: credit_after }
    return { seq, n, at_ms, kind, outcome, actor, asset: debit.asset, ...sides }
  }
}
