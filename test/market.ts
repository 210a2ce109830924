import type { Principal } from '../access/access.ts'
import { createMarket, type Market } from '../market/market.ts'
import type { MarketConfig } from '../market/parts.ts'
import { ITEM_ISSUER, userOwner, type OwnerId } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { itemAsset, PLAY_CREDIT, type AssetId } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError } from '../schema/errors.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { MARKET_RULES, newGuest, type TestNode } from './node.ts'

/** An item of the seeded catalogue, which the house buys back for 120. */
export const PENNY = itemAsset('lucky-penny', PLAY_CREDIT)

/** A guest, and who that is. */
export type Dealer = Readonly<{ token: string; principal: Principal; id: string }>

export async function newDealer(node: Pick<TestNode, 'call' | 'access'>): Promise<Dealer> {
  const { token } = await newGuest(node)
  const principal = await node.access.authenticate(token)
  return { token, principal, id: principal.user }
}

/** Gives `count` of an asset out of nothing. */
export async function give(
  { ledger }: Pick<TestNode, 'ledger'>,
  { id: user }: Pick<Dealer, 'id'>,
  asset: AssetId,
  count: bigint,
): Promise<void> {
  const id = uuidv7()
  await ledger.commit({
    id,
    kind: 'test.give',
    tenant: 'main',
    request: digestOf(id),
    transfers: [{ asset, debit: ITEM_ISSUER, credit: userOwner(user), amount: toAmount(count) }],
    events: [{ type: 'money.moved', payload: {} }],
  })
}

/** What an account has, 0 where there is none. */
export async function balanceOf(
  { ledger }: Pick<TestNode, 'ledger'>,
  owner: Dealer | OwnerId,
  asset: AssetId = PLAY_CREDIT,
): Promise<bigint> {
  const named = typeof owner === 'string' ? owner : userOwner(owner.id)
  return (await ledger.reader.balance('main', named, asset))?.balance ?? 0n
}

/** The market of another node over the same database; its alarms do not ring. Close it. */
export function otherMarket(node: TestNode, changed: Partial<MarketConfig> = {}): Market {
  const { pool, ledger, tail, catalog, limits, access, accounts, logged } = node
  const log = { error: (about: object) => void logged.push(about) }
  const config = { ...MARKET_RULES, ...changed }
  return createMarket({ pool, ledger, tail, catalog, limits, access, accounts, config, clock: Date.now, log })
}

/** The code that `work` is refused with. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no refusal',
    (error: unknown) => (error instanceof RollingDropError ? error.code : String(error)),
  )
