import type { Pool, PoolClient } from 'pg'
import type { TenantId } from '../schema/account.ts'
import type { OutcomeId } from '../schema/uuid.ts'

/** A chain as it rests: `sealedSeed` is opened with the key of the configuration. */
export type ChainRow = Readonly<{
  id: OutcomeId
  head: string
  length: number
  starts_at_ms: number
  period_ms: number
  sealedSeed: string
  published: boolean
}>

/** Serialises the making of chains over all nodes of the cell. */
const CHAIN_LOCK = 7_310_003

const COLUMNS = 'id, head, length, starts_at_ms, period_ms, sealed_seed, published_ms'

type Row = Readonly<{
  id: OutcomeId
  head: string
  length: number
  starts_at_ms: string
  period_ms: number
  sealed_seed: string
  published_ms: string | null
}>

/** Chains with rounds due after `since_ms`, in the order of their use. */
export async function chainsAfter(pool: Pool, tenant: TenantId, since_ms: number): Promise<readonly ChainRow[]> {
  return select(pool, tenant, since_ms)
}

/** Any chain by its id. */
export async function findChain(pool: Pool, tenant: TenantId, id: string): Promise<ChainRow | undefined> {
  const { rows } = await pool.query<Row>(`select ${COLUMNS} from entropy_chain where tenant = $1 and id::text = $2`, [
    tenant,
    id,
  ])
  return rows[0] && chainOf(rows[0])
}

/**
 * Adds the chain that `next` makes of those that are there, unless it makes none. One node at a time: what another one has
 * just added is among those that `next` sees.
 */
export async function addChain(
  pool: Pool,
  tenant: TenantId,
  since_ms: number,
  next: (known: readonly ChainRow[]) => ChainRow | undefined,
): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock($1)', [CHAIN_LOCK])
    const chain = next(await select(client, tenant, since_ms))
    if (chain) await insert(client, tenant, chain)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {}) // The connection may be gone; the first error says why.
    throw error
  } finally {
    client.release()
  }
}

export async function markPublished(pool: Pool, id: OutcomeId, at_ms: number): Promise<void> {
  await pool.query('update entropy_chain set published_ms = $2 where id = $1 and published_ms is null', [id, at_ms])
}

async function select(db: Pool | PoolClient, tenant: TenantId, since_ms: number): Promise<readonly ChainRow[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from entropy_chain
     where tenant = $1 and starts_at_ms + length::bigint * period_ms > $2 order by starts_at_ms`,
    [tenant, since_ms],
  )
  return rows.map(chainOf)
}

async function insert(db: PoolClient, tenant: TenantId, chain: ChainRow): Promise<void> {
  await db.query(
    `insert into entropy_chain(id, tenant, head, length, starts_at_ms, period_ms, sealed_seed)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [chain.id, tenant, chain.head, chain.length, chain.starts_at_ms, chain.period_ms, chain.sealedSeed],
  )
}

function chainOf({ id, head, length, starts_at_ms, period_ms, sealed_seed, published_ms }: Row): ChainRow {
  return {
    id,
    head,
    length,
    starts_at_ms: Number(starts_at_ms),
    period_ms,
    sealedSeed: sealed_seed,
    published: published_ms !== null,
  }
}
