import type { PoolClient } from 'pg'
import type { LedgerReader } from '../ledger/ledger.ts'
import { debtOwner, userOwner, type TenantId } from '../schema/account.ts'
import { isPlay } from '../schema/asset.ts'

type Whom = Readonly<{ tenant: TenantId; user: string }>

/** What keeps somebody from being erased: what it is called in the refusal, and the rows it is seen by; $1 is the user, $2 the tenant. */
type OpenMatter = Readonly<{ what: string; rows: string }>

/** What is open outside of the ledger's own accounts. Whoever owns such a table adds a row here. */
const openMatters: readonly OpenMatter[] = [
  {
    what: 'battles',
    rows: `select from battle_listing l join actor a on a.id = 'battle-' || l.id
           where l.tenant = $2 and l.phase in ('waiting', 'drawing', 'revealing') and position(format('"user":"%s"', $1::text) in a.state) > 0
           limit 1`,
  },
  {
    what: 'offers',
    rows: `select from market_listing where tenant = $2 and seller = $1 and phase = 'open'
           union all select from market_order where tenant = $2 and user_id = $1 and phase = 'open'
           union all select from market_trade where tenant = $2 and offerer = $1 and ended_at is null
           limit 1`,
  },
  {
    what: 'payments',
    rows: `select from payment_listing where tenant = $2 and user_id = $1 and status in ('begun', 'held', 'waiting', 'sending')
           union all select from redemption_listing where tenant = $2 and user_id = $1 and status = 'held'
           limit 1`,
  },
  { what: 'frozen', rows: 'select from frozen_user where user_id = $1' },
]

/**
 * What has to be settled before a person can be erased: `balances`, `holds`, `debts` and what is under way; empty when nothing is.
 * `client` is that of the erasing transaction: asking for more connections, those who wait for its lock could have them all.
 */
export async function unsettledOf(
  { client, reader }: Readonly<{ client: PoolClient; reader: Pick<LedgerReader, 'balances'> }>,
  { tenant, user }: Whom,
): Promise<readonly string[]> {
  const [own, debts] = await Promise.all(
    [userOwner(user), debtOwner(user)].map((owner) => reader.balances(tenant, owner)),
  )
  // Things won with real money are worth some, too.
  const open = own!.some(({ asset, balance }) => !isPlay(asset) && balance > 0n) ? ['balances'] : []
  if (own!.some(({ held }) => held > 0n)) open.push('holds')
  if (debts!.some(({ balance }) => balance < 0n)) open.push('debts')
  for (const { what, rows } of openMatters) {
    const { rowCount } = await client.query(rows, rows.includes('$2') ? [user, tenant] : [user])
    if (rowCount !== 0) open.push(what)
  }
  return open
}
