import type { Pool } from 'pg'
import type { Tail } from '../../ledger/ledger.ts'
import type { TenantId } from '../../schema/account.ts'
import type { CommissionRule } from '../../schema/partner-api.ts'
import type { PartnerStage } from '../partner.ts'

/** A tenant of a partner's and what holds in it. `wallet` undefined: its users' money lies with us. */
export type PartnerWorld = Readonly<{
  partner: string
  name: string
  stage: PartnerStage
  sandbox: boolean
  tenant: TenantId
  /** Origins whose pages may call us. */
  domains: readonly string[]
  wallet: Readonly<{ url: string; sealed_secret: string }> | undefined
  commission: CommissionRule
}>

/** What is known of partners by their tenants. */
export interface PartnerBook {
  /** Undefined for a tenant of no partner; of several partners in one tenant, the oldest. */
  worldOf(tenant: TenantId): Promise<PartnerWorld | undefined>
  worlds(): Promise<Iterable<PartnerWorld>>
  close(): void
}

type Row = Readonly<{
  partner: string
  name: string
  stage: PartnerStage
  sandbox: boolean
  tenant: TenantId
  domains: string[]
  wallet_url: string | null
  wallet_sealed_secret: string | null
  commission_of: CommissionRule['of']
  commission_basis_points: number
}>

type Parts = Readonly<{ pool: Pool; tail: Pick<Tail, 'subscribe'> }>

type Worlds = ReadonlyMap<TenantId, PartnerWorld>

/** The context under which the secret of a partner's wallet rests. */
export const walletContext = (tenant: TenantId): string => `partner-wallet/${tenant}`

/** All partners in memory, read again when the tail tells that one has changed. */
export function createPartnerBook({ pool, tail }: Parts): PartnerBook {
  let reading: Promise<Worlds> | undefined
  const unsubscribe = tail.subscribe((events) => {
    for (const { type } of events)
      if (type === 'partner.changed' || type === 'partner.stage-changed') reading = undefined
  })

  async function read(): Promise<Worlds> {
    const { rows } = await pool.query<Row>(
      `select w.*, p.name, p.stage, p.commission_of, p.commission_basis_points
       from partner_world w join partner p on p.id = w.partner order by p.created_ms desc, p.id desc`,
    )
    return new Map(rows.map((row) => [row.tenant, worldOf(row)]))
  }

  function current(): Promise<Worlds> {
    if (reading) return reading
    const now = read()
    reading = now
    // What failed is not kept: the next caller asks again.
    now.catch(() => {
      if (reading === now) reading = undefined
    })
    return now
  }

  return {
    worldOf: async (tenant) => (await current()).get(tenant),
    worlds: async () => (await current()).values(),
    close: unsubscribe,
  }
}

function worldOf(row: Row): PartnerWorld {
  const { partner, name, stage, sandbox, tenant, domains, wallet_url: url, wallet_sealed_secret: sealed_secret } = row
  const wallet = url === null || sealed_secret === null ? undefined : { url, sealed_secret }
  const commission = { of: row.commission_of, basisPoints: row.commission_basis_points }
  return { partner, name, stage, sandbox, tenant, domains, wallet, commission }
}
