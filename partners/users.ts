import type { User } from '../access/user.ts'
import type { Partner } from '../access/partner.ts'
import { claim } from '../access/idempotency.ts'
import { ensurePartnerUser, findPartnerUser } from '../access/partners/users.ts'
import { commitSurely, welcome } from '../access/welcome.ts'
import type { PartnerWorld } from '../access/partners/book.ts'
import { PLAY_FAUCET, userOwner, WORLD, type OwnerId } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { isAsset, isPlay, moneyWagered, skuOf, type AssetId } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { Tokens } from '../schema/http.ts'
import { levelOf } from '../schema/level.ts'
import type { FundsMoved, FundsReceipt, MoveFunds } from '../schema/partner-api.ts'
import { callerOf } from './caller.ts'
import type { PartnerParts } from './parts.ts'

/** `USD`, `play:CREDIT`. */
const MONEY = /^(play:)?[A-Z][A-Z0-9]{1,15}$/

/** Where a partner's money comes from and goes to, as seen from its users' accounts. */
export function outsideOf(asset: AssetId): OwnerId {
  return isPlay(asset) ? PLAY_FAUCET : WORLD
}

/** The user for a partner's own id of them. In a sandbox they begin with play credits. */
export async function ensureUser(
  { pool, ledger, access, clock }: Pick<PartnerParts, 'pool' | 'ledger' | 'access' | 'clock'>,
  { tenant, sandbox }: Pick<PartnerWorld, 'tenant' | 'sandbox'>,
  externalId: string,
): Promise<User> {
  const user = await ensurePartnerUser(pool, tenant, externalId, clock())
  if (sandbox) await access.welcome(user)
  else await commitSurely(ledger, welcome(user, 0n))
  return user
}

/** Throws `partner/user-unknown`. */
export async function userOf(
  { pool }: Pick<PartnerParts, 'pool'>,
  { tenant }: Pick<Partner, 'tenant'>,
  externalId: string,
) {
  const user = await findPartnerUser(pool, tenant, externalId)
  if (!user) throw new RollingDropError('partner/user-unknown', { user: externalId })
  return user
}

/** What a user has, as their partner is told. */
export async function standingOf({ ledger }: Pick<PartnerParts, 'ledger'>, { id, tenant }: User) {
  const [balances, wagered] = await Promise.all([
    ledger.reader.balances(tenant, userOwner(id)),
    ledger.reader.balances(tenant, `wagered:${userOwner(id)}`),
  ])
  return {
    balances: balances
      .filter(({ asset }) => MONEY.test(asset))
      .map(({ asset, balance, held }) => ({ asset, balance: `${balance}`, held: `${held}` })),
    items: balances
      .filter(({ asset, balance }) => skuOf(asset) !== undefined && balance > 0n)
      .map(({ asset, balance }) => ({ asset, count: `${balance}` })),
    totals: wagered.flatMap(({ asset, balance }) => {
      const money = moneyWagered(asset)
      return money === undefined ? [] : [{ asset: money, wagered: `${balance}`, level: levelOf(balance) }]
    }),
  }
}

/** Signs a partner's user in, so that the partner's page can use our sockets for them. */
export function signIn({ access }: Pick<PartnerParts, 'access'>, user: User): Promise<Tokens> {
  return access.signIn(user, 'partner')
}

/**
 * Moves money between a partner and the account of its user here, once for a key. Throws `request/invalid` for what is not money, and
 * for money that comes in where the partner's own wallet holds it; `ledger/insufficient`, `ledger/frozen`.
 */
export async function moveFunds(
  { pool, ledger, book, clock }: Pick<PartnerParts, 'pool' | 'ledger' | 'book' | 'clock'>,
  partner: Partner,
  user: User,
  { key, wanted }: Readonly<{ key: string; wanted: MoveFunds }>,
): Promise<FundsReceipt> {
  const { asset, direction } = wanted
  if (!isAsset(asset) || !MONEY.test(asset)) throw invalid('asset', 'not money')
  const wallet = (await book.worldOf(partner.tenant))?.wallet
  if (wallet && direction === 'in') throw invalid('direction', 'the money of these users lies in your wallet')
  const command = {
    principal: callerOf(partner, user),
    route: 'partner-funds',
    key: `${partner.id} ${key}`,
    body: wanted,
  }
  const { outcome: id, request } = await claim(pool, command, clock(), async () => null)
  const [outside, owner] = [outsideOf(asset), userOwner(user.id)]
  const [debit, credit] = direction === 'in' ? [outside, owner] : [owner, outside]
  const payload: FundsMoved = { user: user.id, asset, amount: wanted.amount, direction }
  const { balances } = await commitSurely(ledger, {
    id,
    kind: `partner.funds-${direction}`,
    tenant: partner.tenant,
    request,
    owner,
    transfers: [{ asset, debit, credit, amount: toAmount(BigInt(wanted.amount)) }],
    events: [{ type: 'partner.funds-moved', user: user.id, payload }],
  })
  const after = balances.find((balance) => balance.owner === owner && balance.asset === asset)
  return { ...wanted, id, balance: `${after?.balance ?? 0n}` }
}

function invalid(path: string, message: string): RollingDropError {
  return new RollingDropError('request/invalid', { issues: [{ path, message }] })
}
