import type { Pool } from 'pg'
import type { Ledger, Tail } from '../../ledger/ledger.ts'
import type { TenantId } from '../../schema/account.ts'
import type { TenantRules } from '../../schema/person.ts'
import type { Principal } from '../access.ts'
import { recordAct } from '../acts.ts'

const ACTION = 'tenant-rules.set'

type Parts = Readonly<{
  pool: Pool
  ledger: Ledger
  tail: Pick<Tail, 'subscribe'>
  /** Of tenants that have none of their own. */
  usual: TenantRules
  /** Unix ms. */
  clock: () => number
}>

type Row = Readonly<{ age_min: number; countries_blocked: string[]; real_money: boolean }>

/** The rules of each tenant, in memory until the tail tells that they were changed. */
export class RulesOfTenants {
  readonly #parts: Parts
  readonly #kept = new Map<TenantId, Promise<TenantRules>>()
  readonly close: () => void

  constructor(parts: Parts) {
    this.#parts = parts
    this.close = parts.tail.subscribe((events) => {
      for (const { type, tenant, payload } of events)
        if (type === 'staff.acted' && payload['action'] === ACTION) this.#kept.delete(tenant)
    })
  }

  of(tenant: TenantId): Promise<TenantRules> {
    const known = this.#kept.get(tenant)
    if (known) return known
    const loading = this.#load(tenant)
    this.#kept.set(tenant, loading)
    // What failed is not kept: the next caller asks again.
    loading.catch(() => this.#kept.get(tenant) === loading && this.#kept.delete(tenant))
    return loading
  }

  /** Changes the rules of the tenant of whoever acts. On every node they hold within a second. */
  async set(by: Pick<Principal, 'user' | 'tenant'>, rules: TenantRules): Promise<void> {
    const { pool, ledger, clock } = this.#parts
    const before = await this.#load(by.tenant)
    await pool.query(
      `insert into tenant_rules(tenant, age_min, countries_blocked, real_money) values ($1, $2, $3, $4)
       on conflict (tenant) do update set age_min = excluded.age_min, countries_blocked = excluded.countries_blocked,
         real_money = excluded.real_money`,
      [by.tenant, rules.ageMin, rules.countriesBlocked, rules.realMoney],
    )
    // The act tells the other nodes, so it comes after what they are to read.
    const act = { by, action: ACTION, object: `tenant:${by.tenant}`, before, after: rules }
    await recordAct(ledger, act, clock())
    this.#kept.delete(by.tenant)
  }

  async #load(tenant: TenantId): Promise<TenantRules> {
    const { pool, usual } = this.#parts
    const sql = 'select age_min, countries_blocked, real_money from tenant_rules where tenant = $1'
    const row = (await pool.query<Row>(sql, [tenant])).rows[0]
    if (!row) return usual
    return { ageMin: row.age_min, countriesBlocked: row.countries_blocked, realMoney: row.real_money }
  }
}
