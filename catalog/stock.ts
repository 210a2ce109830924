import type { Pool } from 'pg'
import type { Ledger, LedgerReader } from '../ledger/ledger.ts'
import { ITEM_ISSUER, STOCK, type TenantId } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import type { AssetId } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import { uuidv7, type OutcomeId } from '../schema/uuid.ts'

type Parts = Readonly<{ pool: Pool; ledger: Ledger; tenant: TenantId; clock: () => number }>
type Row = Readonly<{ amount: string; outcome: OutcomeId; stocked: boolean }>

/**
 * Limits an item to `amount` of it, all of them in stock. Call it before the first box that holds it is published: what was
 * drawn before was not limited. Only the first call for an item does anything; one that a crash cut off is made up for.
 */
export async function limitItem(parts: Parts, asset: AssetId, amount: bigint): Promise<void> {
  const { pool, ledger, tenant, clock } = parts
  const { rows } = await pool.query<Row>(
    `insert into item_stock(tenant, asset, amount, outcome) values ($1, $2, $3, $4)
     on conflict (tenant, asset) do update set asset = excluded.asset returning amount, outcome, stocked`,
    [tenant, asset, amount, uuidv7(clock())],
  )
  const { outcome, stocked, ...row } = rows[0]!
  if (stocked) return
  const payload = { asset, from: ITEM_ISSUER, to: STOCK, amount: row.amount }
  await ledger.commit({
    id: outcome,
    kind: 'stock.add',
    tenant,
    request: digestOf(payload),
    transfers: [{ asset, debit: ITEM_ISSUER, credit: STOCK, amount: toAmount(BigInt(row.amount)) }],
    events: [{ type: 'money.moved', payload }],
  })
  await pool.query('update item_stock set stocked = true where tenant = $1 and asset = $2', [tenant, asset])
}

/** The items of a tenant of which there are only so many. */
export async function findLimited(pool: Pool, tenant: TenantId): Promise<ReadonlySet<AssetId>> {
  const { rows } = await pool.query<{ asset: AssetId }>('select asset from item_stock where tenant = $1', [tenant])
  return new Set(rows.map(({ asset }) => asset))
}

/** How many of each limited item are free: neither won nor kept for a battle under way. */
export async function readStock(reader: LedgerReader, tenant: TenantId): Promise<ReadonlyMap<AssetId, bigint>> {
  const balances = await reader.balances(tenant, STOCK)
  return new Map(balances.map(({ asset, balance, held }) => [asset, balance - held]))
}
