import type { Pool } from 'pg'
import type { TenantId } from '../schema/account.ts'
import { boxFromJson, expectedValue, hashBox, type Box, type Rarity } from '../schema/box.ts'
import { toJson } from '../schema/json.ts'
import type { OutcomeId } from '../schema/uuid.ts'

/** A version of a box with what follows from its contents; `returnToPlayer` is expected value / price. */
export type PublishedBox = Readonly<{ box: Box; hash: string; expectedValue: bigint; returnToPlayer: number }>

/** How a version is announced: the id of its outcome, and whether that has been committed. */
export type Announcement = Readonly<{ outcome: OutcomeId; announced: boolean }>

type Row = Readonly<{
  id: string
  version: number
  name: string
  asset: string
  price: string
  prizes: readonly { sku: string; name: string; rarity: Rarity; value: string; weight: number }[]
  hash: string
}> &
  Announcement

export function publishedBox(box: Box): PublishedBox {
  const expected = expectedValue(box)
  const weighted = box.prizes.reduce((total, { value, weight }) => total + Number(value) * weight, 0)
  const weights = box.prizes.reduce((total, { weight }) => total + weight, 0)
  return { box, hash: hashBox(box), expectedValue: expected, returnToPlayer: weighted / weights / Number(box.price) }
}

/** A stored row as a box. A row that has not the hash it was published with throws: somebody changed it. */
function fromRow(row: Row): PublishedBox {
  const published = publishedBox(boxFromJson(row))
  if (published.hash !== row.hash) throw new Error(`box ${row.id} version ${row.version} is not what was published`)
  return published
}

/** The newest version of every box of a tenant that is on offer, cheapest first. */
export async function findNewest(pool: Pool, tenant: TenantId): Promise<readonly PublishedBox[]> {
  const { rows } = await pool.query<Row>(
    `select * from (
       select distinct on (id) * from box_version where tenant = $1 order by id, version desc) newest
     where not exists (
       select from box_desk desk where desk.tenant = newest.tenant and desk.id = newest.id and desk.retired)
     order by price, id`,
    [tenant],
  )
  return rows.map(fromRow)
}

/** Of every item ever on offer the newest version that holds it; those come newest first. */
export async function findHolders(pool: Pool, tenant: TenantId): Promise<readonly PublishedBox[]> {
  const { rows } = await pool.query<Row>(
    `select * from box_version where tenant = $1 and (id, version) in (
       select id, version from (
         select distinct on (asset, sku) id, version
         from box_version, jsonb_to_recordset(prizes) as prize(sku text) where tenant = $1
         order by asset, sku, published_at desc, version desc) holders)
     order by published_at desc, version desc, id`,
    [tenant],
  )
  return rows.map(fromRow)
}

/** A version and when it was published (unix ms). */
export type DatedBox = PublishedBox & Readonly<{ published_ms: number }>

/** Versions of a box, newest first, `limit` of them below `before`. */
export async function findVersions(
  pool: Pool,
  tenant: TenantId,
  id: string,
  { before, limit }: Readonly<{ before?: number | undefined; limit: number }>,
): Promise<readonly DatedBox[]> {
  const { rows } = await pool.query<Row & Readonly<{ published_at: Date }>>(
    `select * from box_version where tenant = $1 and id = $2 and ($3::integer is null or version < $3)
     order by version desc limit $4`,
    [tenant, id, before ?? null, limit],
  )
  return rows.map((row) => Object.assign({ published_ms: row.published_at.getTime() }, fromRow(row)))
}

/** One version of a box, or the newest; undefined when there is none. */
export async function findVersion(pool: Pool, tenant: TenantId, id: string, version?: number) {
  const { rows } = await pool.query<Row>(
    `select * from box_version where tenant = $1 and id = $2 and ($3::integer is null or version = $3)
     order by version desc limit 1`,
    [tenant, id, version ?? null],
  )
  const row = rows[0]
  return row && { published: fromRow(row), announcement: { outcome: row.outcome, announced: row.announced } }
}

/** Stores a version; false when that version is there already. */
export async function insertVersion(pool: Pool, tenant: TenantId, box: Box, outcome: OutcomeId): Promise<boolean> {
  const { rowCount } = await pool.query(
    `insert into box_version(tenant, id, version, name, asset, price, prizes, hash, outcome)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [tenant, box.id, box.version, box.name, box.asset, box.price, toJson(box.prizes), hashBox(box), outcome],
  )
  return rowCount === 1
}

export async function markAnnounced(pool: Pool, outcome: OutcomeId): Promise<void> {
  await pool.query('update box_version set announced = true where outcome = $1', [outcome])
}
