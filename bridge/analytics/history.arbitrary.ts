import fc from 'fast-check'
import type { ItemValue } from '../../schema/analytics.ts'
import { PLAY_CREDIT, toAsset } from '../../schema/asset.ts'
import type { CommittedEvent, EventType } from '../../schema/event.ts'

const tenants = ['main', 'acme']
const users = ['u1', 'u2', 'Ünï "u"\\', 'u4']
const assets = ['play:CREDIT', 'USD']
const boxes = ['plain', 'Gold box']
const DAY_MS = 86_400_000
/** Two hours before a midnight, so that a history of some hours has two days; not so long ago that it would expire. */
const BEGIN_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 30 * DAY_MS - 7_200_000
/** The days on which it can happen. */
export const DAYS = [0, 1, 2].map((day) => new Date(BEGIN_MS + day * DAY_MS).toISOString().slice(0, 10))

const amount = fc.oneof(fc.bigInt(0n, 100_000n), fc.constantFrom(0n, 2n ** 63n - 1n)).map(String)
const user = fc.constantFrom(...users)
const asset = fc.constantFrom(...assets)
const box = fc.constantFrom(...boxes)
const item = fc.constantFrom('item:a', 'play:item:b', 'item:nobody-knows')
/** What they are worth. */
export const VALUES: readonly ItemValue[] = [
  { asset: toAsset('item:a'), money: toAsset('USD'), value: 250n },
  { asset: toAsset('play:item:b'), money: PLAY_CREDIT, value: 7n },
]

const payloads: readonly (readonly [EventType, fc.Arbitrary<Record<string, unknown>>])[] = [
  ['faucet.granted', fc.record({ user, asset, amount })],
  ['item.sold', fc.record({ user, asset: fc.constant('item:a'), count: fc.constant(1), money: asset, paid: amount })],
  [
    'opening.opened',
    fc.record({
      user,
      box,
      asset,
      price: amount,
      version: fc.integer({ min: 1, max: 12 }),
      drops: fc.array(fc.record({ value: small() }), { maxLength: 4 }),
    }),
  ],
  [
    'battle.settled',
    fc.record({
      asset,
      price: amount,
      seats: fc.array(fc.record({ user: fc.option(user), share: amount }), { minLength: 2, maxLength: 4 }),
      drops: fc.array(fc.record({ box, value: small() }), { maxLength: 6 }),
    }),
  ],
  ['battle.joined', fc.record({ user })],
  ['deposit.posted', fc.record({ user, asset, amount })],
  ['deposit.refunded', fc.record({ user, asset, amount })],
  ['deposit.charged-back', fc.record({ user, asset, amount })],
  ['withdrawal.held', fc.record({ user, asset, amount })],
  ['withdrawal.paid', fc.record({ user, asset, amount })],
  ['commission.posted', fc.record({ partner: fc.constant('p'), asset, amount })],
  [
    'listing.sold',
    fc.record({ user, buyer: user, asset: item, money: asset, price: small(), fee: fc.constantFrom('0', '70') }),
  ],
  ['item.moved', fc.record({ user, from: user, to: user, asset: item, count: fc.integer({ min: 1, max: 1000 }) })],
  ['trade.accepted', fc.record({ user, from: user, to: user, gives: side(), wants: side() })],
]

function side(): fc.Arbitrary<Record<string, unknown>> {
  return fc.record({
    items: fc.array(fc.record({ asset: item, count: fc.integer({ min: 1, max: 9 }) }), { maxLength: 2 }),
    money: fc.option(fc.record({ asset, amount: small() })),
  })
}

/** Values of which several are added up in one fact. */
function small(): fc.Arbitrary<string> {
  return fc.bigInt(0n, 10n ** 12n).map(String)
}

const step = fc.record({
  tenant: fc.constantFrom(...tenants),
  later_ms: fc.nat(600_000),
  what: fc.oneof(...payloads.map(([type, payload]) => payload.map((each) => ({ type, payload: each })))),
})

/** A history from seq 1 on, over two tenants and about two days; amounts go up to the largest there can be. */
export const history: fc.Arbitrary<readonly CommittedEvent[]> = fc
  .array(step, { minLength: 1, maxLength: 60 })
  .map((steps) => {
    let at_ms = BEGIN_MS
    return steps.map(({ tenant, later_ms, what }, i) => {
      at_ms += later_ms
      return {
        seq: BigInt(i + 1),
        ...what,
        audience: 'public' as const,
        tenant,
        actor: null,
        user: null,
        outcome: '01890000-0000-7000-8000-0123456789ab',
        at_ms,
      }
    })
  })
