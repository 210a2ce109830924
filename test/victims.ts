import { randomBytes } from 'node:crypto'
import type { NewPartnerKey } from '../access/partner.ts'
import { ITEM_ISSUER, userOwner } from '../schema/account.ts'
import { toAsset } from '../schema/asset.ts'
import { boxEditor } from './box-staff.ts'
import { PENNY } from './market.ts'
import type { Answer } from './node.ts'
import { newPartner, signedCall, type TestPartner } from './partners.ts'
import { give, openWalletNode, type WalletNode } from './wallet.ts'

/**
 * Two users of ours and a partner, with one of everything that a route can name; and another partner, in whose tenant those are who
 * try to get at it.
 */
export type Victims = Readonly<{
  wallet: WalletNode
  victim: TestPartner
  /** The other tenant's key. */
  key: NewPartnerKey
  /** Signs somebody of the other tenant in, confirmed, with one role beyond playing. */
  attacker: (role: string) => Promise<string>
  /** What there is of each kind, by its name. */
  objects: Readonly<Record<ObjectKind, string>>
}>

export type ObjectKind =
  | 'user'
  | 'session'
  | 'box'
  | 'battle'
  | 'payment'
  | 'withdrawal'
  | 'redemption'
  | 'listing'
  | 'order'
  | 'trade'
  | 'seeds'
  | 'signalGroup'
  | 'partner'
  | 'partnerKey'
  | 'webhook'
  | 'partnerUser'
  | 'partnerOpening'

const WATCH = toAsset('item:watch')
const address = { name: 'Ann Nowhere', lines: ['1 Hidden Street'], postcode: '10115', city: 'Berlin', country: 'DE' }

export async function openVictims(): Promise<Victims> {
  const wallet = await openWalletNode()
  const { node, staff } = wallet
  const [attacking, victim] = [await newPartner(node, staff), await newPartner(node, staff)]
  const [ann, bob] = [await wallet.player(), await wallet.player()]
  const of = (token: string) => (method: string, path: string, body?: unknown) =>
    wallet.call(token, method, path, body).then((answer) => good(answer, path))
  const [asAnn, asVictim] = [of(ann.token), of(victim.token)]
  for (const [asset, count] of [
    [WATCH, 5n],
    [PENNY, 20n],
  ] as const)
    await give(wallet, ITEM_ISSUER, userOwner(ann.id), count, asset)
  await boxEditor(node, staff).published('for-us-alone')
  const payment = await wallet.paid(ann)
  const signed = async (path: string, body: object) =>
    good(await signedCall(node, victim.key, 'POST', path, { body, key: `v-${path}` }), path)
  await signed('/partner/v1/users', { externalId: 'customer-of-another' })
  const opened = await signed('/partner/v1/open-box', { user: 'customer-of-another', box: 'pocket-change', count: 1 })
  for (const user of [ann.id, bob.id]) await node.signals.record({ tenant: 'main', user }, 'payout', 'one account')
  const clientSeed = randomBytes(32).toString('hex')
  const battle = { rounds: ['pocket-change'], seats: 2, clientSeed, unlisted: true }
  const offer = {
    to: bob.id,
    gives: { items: [{ asset: PENNY, count: 1 }] },
    wants: { money: { asset: 'play:CREDIT', amount: '300' } },
  }
  const objects = {
    user: ann.id,
    session: (await asAnn('GET', '/auth/sessions')).sessions[0].id,
    box: 'for-us-alone',
    battle: (await asAnn('POST', '/battles', battle)).id,
    payment,
    withdrawal: good(await wallet.withdrawn(ann), 'withdraw').id,
    redemption: (await asAnn('POST', '/transactions/redeem', { asset: WATCH, count: 1, address })).id,
    listing: (await asAnn('POST', '/market/listings', { asset: PENNY, price: '150' })).id,
    order: (await asAnn('POST', '/market/orders', { asset: 'play:item:glass-marble', price: '10', quantity: 1 })).id,
    trade: (await asAnn('POST', '/transactions/trade', offer)).id,
    seeds: (await asAnn('GET', '/seeds')).next.seeds,
    signalGroup: (await of(staff)('GET', '/admin/fraud/shared?kind=payout')).groups[0].group,
    partner: victim.name,
    partnerKey: victim.key.id,
    webhook: (await asVictim('POST', '/partner/self/sandbox/webhooks', { url: 'https://hooks.example/a' })).id,
    partnerUser: 'customer-of-another',
    partnerOpening: opened.opening,
  } as Record<ObjectKind, string>
  const attacker = async (role: string): Promise<string> => {
    const user = await node.access.ensureUser(`attacker-${role}`, attacking.name)
    await node.access.welcome(user)
    const { token } = await node.access.signIn({ ...user, roles: ['player', role] as typeof user.roles })
    const confirmed = 'update session set confirmed_until_ms = $2 where user_id = $1'
    await node.pool.query(confirmed, [user.id, Date.now() + 3_600_000])
    return token
  }
  return { wallet, victim, key: attacking.key, attacker, objects }
}

function good({ status, body }: Answer, path: string): Answer['body'] {
  if (status >= 300) throw new Error(`${path} answers ${status}: ${JSON.stringify(body)}`)
  return body
}
