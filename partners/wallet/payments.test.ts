import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createOutbound, type Outbound } from '../../access/outbound.ts'
import { PartnerAdministration } from '../../access/partners/administration.ts'
import { createSealer } from '../../access/seal.ts'
import type { Partner } from '../../access/partner.ts'
import { publishBox } from '../../catalog/publish.ts'
import { limitItem } from '../../catalog/stock.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { createOpenings } from '../../openings/openings.ts'
import { userOwner } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { itemAsset, PLAY_CREDIT } from '../../schema/asset.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { OpeningOpened } from '../../schema/opening.ts'
import { openTestNode, PARTNER_RULES, type TestNode } from '../../test/node.ts'
import { faults, openTestWallet, type Fault, type TestWallet } from '../../test/partner-wallet.ts'
import { newAdmin, newPartner, signedCall, type TestPartner } from '../../test/partners.ts'
import { createPartners, type Partners } from '../partners.ts'

let node: TestNode
let wallet: TestWallet
let firm: TestPartner
let tenant: string
const outbound = createOutbound({ loopback: true })
beforeAll(async () => {
  node = await openTestNode()
  wallet = await openTestWallet()
  firm = await newPartner(node, await newAdmin(node))
  tenant = `${firm.name}-sandbox`
  const choice = { token: firm.token, key: 'w', body: { mode: 'seamless', url: wallet.url } }
  const { body } = await node.call('PUT', '/partner/self/sandbox/wallet', choice)
  wallet.trust(body.secret)
  await vi.waitFor(async () => expect((await node.partnerBook.worldOf(tenant))!.wallet).toBeDefined())
  await publishThinBox()
})
afterAll(async () => {
  await node.close()
  await wallet.close()
  outbound.close()
})

const BOX = 'thin'
const PRICE = 250n

/** A box most of whose prizes are out of stock, so that money is won: that is the partner's wallet's. */
async function publishThinBox(): Promise<void> {
  const parts = { pool: node.pool, ledger: node.ledger, tenant, clock: Date.now }
  await limitItem(parts, itemAsset('scarce', PLAY_CREDIT), 1n)
  const prize = (sku: string, value: bigint, weight: number) => ({
    sku,
    name: sku,
    rarity: 'common' as const,
    value: toAmount(value),
    weight,
  })
  const prizes = [prize('scarce', 320n, 60), prize('plenty', 90n, 40)]
  await publishBox(parts, { id: BOX, name: 'Thin', asset: PLAY_CREDIT, price: toAmount(PRICE), prizes })
}
const START = 10_000n
let users = 0
/** A new user with money in the partner's wallet. */
async function newUser(money = START): Promise<string> {
  const externalId = `user-${++users}`
  await signedCall(node, firm.key, 'POST', '/partner/v1/users', { body: { externalId } })
  wallet.give(externalId, money)
  return externalId
}
let keys = 0
const open = (user: string, key = `k-${++keys}`, count = 1) =>
  signedCall(node, firm.key, 'POST', '/partner/v1/open-box', { key, body: { user, box: BOX, count } })

/** Resolves when no payment is under way. */
const settled = () =>
  vi.waitFor(
    async () => {
      const { rows } = await node.pool.query(`select id, state from actor where kind = 'rollback'`)
      expect(rows).toEqual([])
    },
    { timeout: 20_000, interval: 50 },
  )

/** What our ledger says a user has opened. */
async function openedBy(user: string): Promise<readonly OpeningOpened[]> {
  const { rows } = await node.pool.query<{ payload: OpeningOpened }>(
    `select payload from event e join partner_user x on x.user_id::text = e.user_id and x.tenant = e.tenant
     where e.tenant = $1 and type = 'opening.opened' and external_id = $2`,
    [tenant, user],
  )
  return rows.map(({ payload }) => payload)
}

/** The wallet's books and ours agree to the cent, and all that was paid for is there. */
async function demandAgreement(user: string, start = START): Promise<void> {
  await settled()
  const opened = await openedBy(user)
  const paid = opened.reduce((sum, { price }) => sum + BigInt(price), 0n)
  const won = opened
    .flatMap(({ payouts }) => payouts)
    .reduce((sum, { asset, amount }) => (asset === PLAY_CREDIT ? sum + BigInt(amount) : sum), 0n)
  expect(wallet.balance(user)).toBe(start - paid + won)
  for (const { opening } of opened) {
    const entry = wallet.transactions.get(opening)
    expect(entry).toMatchObject({ debit: 'taken' })
    expect(entry!.rolledBack).toBeUndefined()
  }
  const mine = [...wallet.transactions].filter(([, entry]) => entry.user === user && entry.debit === 'taken')
  const kept = mine.filter(([, { rolledBack }]) => !rolledBack).map(([id]) => id)
  expect(kept.toSorted()).toEqual(opened.map(({ opening }) => opening).toSorted())
  const { rows } = await node.pool.query<{ user_id: string }>(
    'select user_id from partner_user where tenant = $1 and external_id = $2',
    [tenant, user],
  )
  const balances = await node.ledger.reader.balances(tenant, userOwner(rows[0]!.user_id))
  // What the sandbox gave them at the beginning stays untouched: all was paid from the partner's wallet.
  expect(balances.find(({ asset }) => asset === PLAY_CREDIT)!.balance).toBe(100_000n)
  const items = balances.reduce((sum, { asset, balance }) => (asset === PLAY_CREDIT ? sum : sum + balance), 0n)
  expect(items).toBe(BigInt(opened.flatMap(({ drops }) => drops.filter(({ bought }) => !bought)).length))
}

describe('an opening that a partner’s own wallet pays', () => {
  test('takes its price from the wallet, once for a key, and nothing from an account of ours', async () => {
    const user = await newUser()
    const [first, again] = await Promise.all([open(user, 'same', 2), open(user, 'same', 2)])
    expect([first.status, again.body]).toEqual([200, first.body])
    expect(first.body).toMatchObject({ price: '500', balance: null })
    expect(await open(user, 'same', 2)).toMatchObject({ body: first.body })
    await demandAgreement(user)
    const { body } = await signedCall(node, firm.key, 'GET', `/partner/v1/users/${user}`)
    expect(body.wallet).toEqual([{ asset: 'play:CREDIT', balance: `${wallet.balance(user)}` }])
    // Of what is out of stock the value comes back to the wallet.
    const won = first.body.payouts.find(({ asset }: { asset: string }) => asset === PLAY_CREDIT)?.amount ?? '0'
    expect(wallet.balance(user)).toBe(START - 500n + BigInt(won))
    expect(wallet.calls.get('wrong')).toBeUndefined()
  })

  test('is not done where the wallet refuses, however often it is asked for', async () => {
    const user = await newUser(PRICE - 1n)
    for (const _ of [1, 2]) expect((await open(user, 'poor')).body.code).toBe('partner/wallet-refused')
    wallet.give(user, 1n)
    expect((await open(user, 'poor')).body.code).toBe('partner/wallet-refused')
    expect((await open(user, 'richer')).status).toBe(200)
    await demandAgreement(user, PRICE)
  })

  test('that is refused here after the wallet has paid is rolled back', async () => {
    const user = await newUser()
    const answer = await signedCall(node, firm.key, 'POST', '/partner/v1/open-box', {
      key: 'none',
      body: { user, box: 'none' },
    })
    expect(answer.body.code).toBe('box/unknown')
    const partner = await partnerOf()
    // The pair of seeds is taken away between the debit and the commit.
    const dying = partnersOver(refusing(node.ledger))
    await expect(dying.openBox(partner, { key: 'r', wanted: { user, box: BOX, count: 1 } })).rejects.toMatchObject({
      code: 'ledger/overloaded',
    })
    await demandAgreement(user)
    expect(wallet.balance(user)).toBe(START)
    expect([...wallet.transactions.values()].filter((entry) => entry.user === user && entry.rolledBack)).toHaveLength(1)
  })

  for (const fault of faults.filter((fault) => fault !== 'none'))
    test(`takes nothing when the wallet’s answers are ${fault} again and again, and is charged once when only the first is`, async () => {
      const user = await newUser()
      // A connection that was kept and is lost is tried once more by itself.
      wallet.fail(fault, fault, fault, fault)
      const { body } = await open(user)
      expect(body.code).toBe('partner/wallet-away')
      await demandAgreement(user)
      expect(wallet.balance(user)).toBe(START)
      wallet.fail(fault)
      await open(user)
      await demandAgreement(user)
    })

  test('whose rollback is not acknowledged for a while is rolled back in the end', async () => {
    const user = await newUser()
    wallet.fail('done-lost', 'done-lost', 'error', 'lost', 'done-error', 'error')
    expect((await open(user)).body.code).toBe('partner/wallet-away')
    await demandAgreement(user)
    expect(wallet.balance(user)).toBe(START)
  })
})

const partnerOf = async (): Promise<Partner> => {
  const world = (await node.partnerBook.worldOf(tenant))!
  const quota = { connections_max: 1, requests_per_minute: 1, messages_per_s: 1 }
  return { id: world.partner, name: firm.name, tenant, sandbox: true, key: firm.key.id, quota }
}

/** Another node over the same database, with a ledger of its own. */
function partnersOver(ledger: Ledger, post: Outbound['post'] = (request) => outbound.post(request)): Partners {
  const { pool, catalog, limits, access, partnerBook: book, secretKey } = node
  const sealer = createSealer(secretKey)
  const clock = Date.now
  const openings = createOpenings({ pool, ledger, catalog, limits, sealer, clock })
  const administration = new PartnerAdministration({ pool, ledger, sealer, clock })
  const log = { warn: () => {}, error: () => {} }
  const parts = { pool, ledger, access, accounts: node.accounts, sealer, openings, book, administration, clock, log }
  const pace = { settle_ms: 400, backoff_ms: 30 }
  return createPartners({ ...parts, outbound: { ...outbound, post } }, { ...PARTNER_RULES, pace })
}

/** A ledger that takes no opening in. */
function refusing(ledger: Ledger): Ledger {
  return {
    reader: ledger.reader,
    actors: ledger.actors,
    commit: (outcome) =>
      outcome.kind === 'box.open' ? Promise.reject(new RollingDropError('ledger/overloaded')) : ledger.commit(outcome),
  }
}

/** What happens to a node: at its nth step, right before it or right after it, it is dead, and nothing of it goes on. */
type Death = Readonly<{ step: number; after: boolean }>
const never = new Promise<never>(() => {})

function dyingNode({ step, after }: Death): Partners {
  let steps = 0
  const mortal = async <T>(work: () => Promise<T>): Promise<T> => {
    steps++
    if (steps > step || (steps === step && !after)) return never
    const result = await work()
    return steps >= step ? never : result
  }
  const { ledger } = node
  const mortalLedger: Ledger = {
    reader: ledger.reader,
    actors: ledger.actors,
    commit: (outcome) => mortal(() => ledger.commit(outcome)),
  }
  return partnersOver(mortalLedger, (request) => mortal(() => outbound.post(request)))
}

describe('whatever happens', () => {
  test(
    'whenever the node dies, the next one brings the wallet’s books and ours to agree',
    { timeout: 60_000 },
    async () => {
      const partner = await partnerOf()
      for (let step = 1; step <= 6; step++)
        for (const after of [false, true]) {
          const user = await newUser()
          // A first opening begins the pair of seeds, so that every step of the next one is one of the payment.
          await open(user)
          const begun = dyingNode({ step, after }).openBox(partner, {
            key: `d-${step}-${after}`,
            wanted: { user, box: BOX, count: 2 },
          })
          await Promise.race([begun.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 250))])
          await demandAgreement(user)
        }
    },
  )

  test(
    'with any answers, deaths and keys, nothing is lost and nothing is charged twice',
    { timeout: 240_000 },
    async () => {
      const partner = await partnerOf()
      const fault = fc.constantFrom<Fault>(...faults)
      const death = fc.option(fc.record({ step: fc.integer({ min: 1, max: 6 }), after: fc.boolean() }), { freq: 2 })
      const opening = fc.record({ key: fc.constantFrom('a', 'b', 'c'), death })
      const run = fc.record({
        money: fc.constantFrom(0n, 250n, 500n, 10_000n),
        faults: fc.array(fault, { maxLength: 6 }),
        openings: fc.array(opening, { minLength: 1, maxLength: 4 }),
      })
      await fc.assert(
        fc.asyncProperty(run, async ({ money, faults: wanted, openings }) => {
          const user = await newUser(money)
          wallet.fail(...wanted)
          const asked = openings.map(({ key, death: dies }) => {
            const command = { key: `${user}-${key}`, wanted: { user, box: BOX, count: 1 } }
            if (!dies) return open(user, command.key)
            const begun = dyingNode(dies).openBox(partner, command)
            return Promise.race([begun.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 300))])
          })
          await Promise.all(asked)
          await demandAgreement(user, money)
        }),
        { numRuns: 25 },
      )
    },
  )
})
