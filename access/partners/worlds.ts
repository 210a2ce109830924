import type { Pool } from 'pg'
import type { TenantId } from '../../schema/account.ts'
import type { CommissionRule, PartnerView, WorldName } from '../../schema/partner-api.ts'
import type { PartnerStage } from '../partner.ts'

type Row = Readonly<{
  id: string
  name: string
  stage: PartnerStage
  stage_before: PartnerStage | null
  commission_of: CommissionRule['of']
  commission_basis_points: number
  connections_max: number | null
  requests_per_minute: number | null
  messages_per_s: number | null
  created_ms: string
  worlds: readonly Readonly<{ sandbox: boolean; tenant: TenantId; domains: string[]; wallet_url: string | null }>[]
}>

/** A partner as those who let it in see it. `before`: the stage it had before it was suspended. */
export type ListedPartner = Readonly<{ id: string; before: PartnerStage | null; view: PartnerView }>

const SELECT = `select p.*, (
    select json_agg(json_build_object('sandbox', w.sandbox, 'tenant', w.tenant, 'domains', w.domains, 'wallet_url', w.wallet_url)
      order by w.sandbox desc)
    from partner_world w where w.partner = p.id) as worlds
  from partner p`

/** By name, those after `after`. */
export async function listPartners(
  pool: Pool,
  { after = '', limit }: Readonly<{ after?: string | undefined; limit: number }>,
): Promise<readonly ListedPartner[]> {
  const { rows } = await pool.query<Row>(`${SELECT} where p.name > $1 order by p.name limit $2`, [after, limit])
  return rows.map(listedOf)
}

export async function findListed(pool: Pool, name: string): Promise<ListedPartner | undefined> {
  const { rows } = await pool.query<Row>(`${SELECT} where p.name = $1`, [name])
  return rows[0] && listedOf(rows[0])
}

/** Whether one of these tenants is a partner's. */
export async function isTaken(pool: Pool, tenants: readonly TenantId[]): Promise<boolean> {
  const { rowCount } = await pool.query('select from partner_world where tenant = any($1) limit 1', [tenants])
  return rowCount !== 0
}

/** Brings a partner from one stage to another. False: it is not in that stage (any more). */
export async function moveStage(
  pool: Pool,
  partner: string,
  { from, to }: Readonly<{ from: PartnerStage; to: PartnerStage }>,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update partner set stage = $3, stage_before = case when $3 = 'suspended' then stage end where id = $1 and stage = $2`,
    [partner, from, to],
  )
  return rowCount === 1
}

export async function setCommission(pool: Pool, partner: string, { of, basisPoints }: CommissionRule): Promise<void> {
  await pool.query('update partner set commission_of = $2, commission_basis_points = $3 where id = $1', [
    partner,
    of,
    basisPoints,
  ])
}

/** A partner and one of its two worlds. */
export type WorldRef = Readonly<{ partner: string; sandbox: boolean }>

export async function setDomains(
  pool: Pool,
  { partner, sandbox }: WorldRef,
  domains: readonly string[],
): Promise<void> {
  await pool.query('update partner_world set domains = $3 where partner = $1 and sandbox = $2', [
    partner,
    sandbox,
    domains,
  ])
}

/** Null: the users' money lies with us. */
export async function setWallet(
  pool: Pool,
  { partner, sandbox }: WorldRef,
  wallet: Readonly<{ url: string; sealed_secret: string }> | null,
): Promise<void> {
  await pool.query(
    'update partner_world set wallet_url = $3, wallet_sealed_secret = $4 where partner = $1 and sandbox = $2',
    [partner, sandbox, wallet?.url ?? null, wallet?.sealed_secret ?? null],
  )
}

export const worldNameOf = (sandbox: boolean): WorldName => (sandbox ? 'sandbox' : 'production')

function listedOf(row: Row): ListedPartner {
  const worlds = row.worlds.map(({ sandbox, tenant, domains, wallet_url: url }) => ({
    world: worldNameOf(sandbox),
    tenant,
    domains,
    wallet: { mode: url === null ? ('ours' as const) : ('seamless' as const), url },
  }))
  const view: PartnerView = {
    name: row.name,
    stage: row.stage,
    worlds,
    commission: { of: row.commission_of, basisPoints: row.commission_basis_points },
    quota: {
      connections: row.connections_max,
      requestsPerMinute: row.requests_per_minute,
      eventsPerSecond: row.messages_per_s,
    },
    createdAt: Number(row.created_ms),
  }
  return { id: row.id, before: row.stage_before, view }
}
