import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishBox } from '../catalog/publish.ts'
import { auditLedger } from '../ledger/audit/audit.ts'
import { HOUSE, WORLD } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import type { Box } from '../schema/box.ts'
import type { CommittedEvent } from '../schema/event.ts'
import { give, openWalletNode, USD, type Player, type WalletNode } from '../test/wallet.ts'

/** What users let themselves spend and pay in on a day, in cents; they may ask for more, which comes tomorrow. */
const LIMITS = { loss: 2_500n, deposit: 12_000n } as const
const PLAYERS = 4
/** Commands under way at once. */
const WIDTH = 6

let wallet: WalletNode
beforeAll(async () => {
  wallet = await openWalletNode()
  const { pool, ledger } = wallet.node
  await publishBox({ pool, ledger, tenant: 'main', clock: Date.now }, coinBox())
  await give(wallet, WORLD, HOUSE, 1_000_000_00n)
})
afterAll(() => wallet.close())

function coinBox(): Omit<Box, 'version'> {
  const coin = (sku: string, value: bigint, weight: number) =>
    ({ sku, name: sku, rarity: 'common', value: toAmount(value), weight }) as const
  const prizes = [coin('dime', 10n, 50), coin('quarter', 25n, 30), coin('crown', 700n, 20)]
  return { id: 'coins', name: 'Coins', asset: USD, price: toAmount(200n), prizes }
}

/** Somebody does something; `pick` and `amount` are read by each command as it needs them. */
type Step = Readonly<{ what: keyof typeof deeds; who: number; other: number; pick: number; amount: number }>
type Deed = (step: Step & Readonly<{ me: Player; them: Player }>) => Promise<unknown>

const ask = async (by: Player, method: string, path: string, body?: unknown) => {
  const answer = await wallet.call(by.token, method, path, body)
  // Whatever is asked is done or refused in order: nothing may break.
  expect([answer.status < 500 || answer.body.retry === true, path, answer.body]).toEqual([true, path, answer.body])
  return answer
}

const coins = ['item:dime', 'item:quarter', 'item:crown'] as const
const coinOf = (pick: number) => coins[pick % coins.length]!
const oneOf = <T>(all: readonly T[], pick: number): T | undefined => all[pick % Math.max(all.length, 1)]
const happenings = [
  [{ type: 'paid' }],
  [{ type: 'failed' }],
  [{ type: 'paid', delays_ms: [0, 5, 9] }],
  [{ type: 'refunded', part: 'r1', amount: 500n }, { type: 'paid' }],
  [{ type: 'paid' }, { type: 'charged-back', part: 'c1' }],
] as const

const deeds = {
  deposit: async ({ me, pick, amount }) => {
    const { status, body } = await ask(me, 'POST', '/transactions/deposit', { asset: 'USD', amount: `${500 + amount}` })
    if (status === 200) await wallet.happen(body.id as string, ...oneOf(happenings, pick)!)
  },
  withdraw: ({ me, amount }) =>
    ask(me, 'POST', '/transactions/withdraw', { asset: 'USD', amount: `${100 + amount}`, target: `T${amount % 3}` }),
  judge: async ({ pick }) => {
    const list = await wallet.call(wallet.staff, 'GET', '/admin/withdrawals?state=waiting')
    const waiting = oneOf((list.body.payments ?? []) as { id: string }[], pick)
    if (waiting) {
      const verdict = pick % 2 === 0 ? 'approve' : 'refuse'
      await ask({ id: '', token: wallet.staff }, 'POST', `/admin/withdrawals/${waiting.id}/${verdict}`, {})
    }
  },
  refund: async ({ me, pick, amount }) => {
    const list = await ask(me, 'GET', '/payments?state=paid&direction=in')
    const paid = oneOf(list.body.payments as { id: string }[], pick)
    const body = { amount: `${1 + (amount % 400)}` }
    if (paid) await ask({ id: '', token: wallet.staff }, 'POST', `/admin/payments/${paid.id}/refund`, body)
  },
  open: ({ me, pick }) => ask(me, 'POST', '/transactions/open-box', { box: 'coins', count: 1 + (pick % 3) }),
  sell: ({ me, pick }) => ask(me, 'POST', '/transactions/sell', { asset: coinOf(pick), count: 1 }),
  list: ({ me, pick, amount }) =>
    ask(me, 'POST', '/market/listings', { asset: coinOf(pick), price: `${5 + (amount % 60)}` }),
  buy: async ({ me, pick }) => {
    const { body } = await ask(me, 'GET', '/market/listings?money=USD&sort=price')
    const listing = oneOf(body.listings as { id: string; price: string }[], pick % 2)
    if (listing) await ask(me, 'POST', `/market/listings/${listing.id}/buy`, { price: listing.price })
  },
  takeBack: async ({ me, pick }) => {
    const { body } = await ask(me, 'GET', '/market/own/listings')
    const listing = oneOf(body.listings as { id: string }[], pick)
    if (listing) await ask(me, 'DELETE', `/market/listings/${listing.id}`)
  },
  order: ({ me, pick, amount }) =>
    ask(me, 'POST', '/market/orders', {
      asset: coinOf(pick),
      price: `${5 + (amount % 60)}`,
      quantity: 1 + (pick % 3),
    }),
  endOrder: async ({ me, pick }) => {
    const { body } = await ask(me, 'GET', '/market/own/orders')
    const order = oneOf(body.orders as { id: string }[], pick)
    if (order) await ask(me, 'DELETE', `/market/orders/${order.id}`)
  },
  trade: ({ me, them, pick, amount }) =>
    ask(me, 'POST', '/transactions/trade', {
      to: them.id,
      gives: { items: [{ asset: coinOf(pick), count: 1 }] },
      wants: { money: { asset: 'USD', amount: `${1 + (amount % 80)}` } },
    }),
  answer: async ({ me, pick }) => {
    const { body } = await ask(me, 'GET', '/trades?status=open')
    const trade = oneOf(body.trades as { id: string; own: boolean }[], pick)
    if (trade) await ask(me, 'POST', `/transactions/trade/${trade.id}/${trade.own ? 'cancel' : 'accept'}`, {})
  },
  give: ({ me, them, pick }) => ask(me, 'POST', '/inventory/transfer', { to: them.id, asset: coinOf(pick), count: 1 }),
  lock: ({ me, pick }) => ask(me, 'PUT', `/inventory/item/${coinOf(pick)}`, { locked: pick % 2 }),
  limit: ({ me, pick, amount }) =>
    ask(me, 'PUT', `/limits/${pick % 2 === 0 ? 'loss' : 'deposit'}/USD`, { amount: `${amount * 10}` }),
} as const satisfies Record<string, Deed>

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(deeds) as (keyof typeof deeds)[])) },
    { weight: 1, arbitrary: fc.constantFrom<keyof typeof deeds>('open', 'deposit', 'list', 'buy') },
  ),
  who: fc.nat(PLAYERS - 1),
  other: fc.nat(PLAYERS - 1),
  pick: fc.nat(11),
  amount: fc.nat(3_000),
})

/** Players with limits, money and their seeds begun. */
async function newPlayers(): Promise<readonly Player[]> {
  return Promise.all(
    Array.from({ length: PLAYERS }, async () => {
      const player = await wallet.player()
      for (const [kind, amount] of Object.entries(LIMITS))
        await ask(player, 'PUT', `/limits/${kind}/USD`, { amount: `${amount}` })
      const { body } = await ask(player, 'GET', '/seeds')
      await ask(player, 'POST', '/seeds', { seeds: body.next.seeds, clientSeed: 'ab'.repeat(32) })
      await wallet.paid(player, '5000')
      return player
    }),
  )
}

async function play(players: readonly Player[], steps: readonly Step[]): Promise<void> {
  for (let i = 0; i < steps.length; i += WIDTH)
    await Promise.all(
      steps
        .slice(i, i + WIDTH)
        .map((each) => deeds[each.what]({ ...each, me: players[each.who]!, them: players[each.other]! })),
    )
}

/** What a user spent on boxes and on others' things, and paid in, by the events of it. */
function spentBy(user: string, events: readonly CommittedEvent[]) {
  const of = (type: string, by: string, amount: string) =>
    events
      .filter((event) => event.type === type && event.payload[by] === user)
      .reduce((total, { payload }) => total + BigInt(payload[amount] as string), 0n)
  return {
    loss: of('opening.opened', 'user', 'price') + of('listing.sold', 'buyer', 'price'),
    deposit: of('deposit.posted', 'user', 'amount'),
  }
}

test('whatever users and staff do at once, the ledger holds and nobody passes a limit of their own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 90 }), async (steps) => {
      const { ledger, url } = wallet.node
      const before = await ledger.reader.head()
      const players = await newPlayers()
      await play(players, steps)
      const events = await ledger.reader.events({ since: before.seq, limit: 20_000, tenant: 'main' })
      for (const player of players) {
        const spent = spentBy(player.id, events)
        expect(spent.loss).toBeLessThanOrEqual(LIMITS.loss)
        expect(spent.deposit).toBeLessThanOrEqual(LIMITS.deposit)
        const { has, held, owes } = await wallet.money(player)
        expect(has - held).toBeGreaterThanOrEqual(0n)
        expect(owes === 0n || has === 0n || (await wallet.money(player)).frozen).toBe(true)
      }
      expect(await auditLedger({ databaseUrl: url })).toMatchObject({ audit: 'ok' })
    }),
    { numRuns: 12, endOnFailure: true, interruptAfterTimeLimit: 90_000 },
  )
  const events = await wallet.node.ledger.reader.events({ since: 0n, limit: 50_000, tenant: 'main' })
  const kinds = new Set(events.map(({ type }) => type))
  // It all has happened at least once: a run in which everything was refused would prove nothing.
  for (const type of [
    'deposit.posted',
    'opening.opened',
    'listing.opened',
    'withdrawal.held',
    'trade.offered',
  ] as const)
    expect(kinds).toContain(type)
}, 240_000)
