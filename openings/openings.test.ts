import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Principal } from '../access/access.ts'
import { createSealer } from '../access/seal.ts'
import { publishBox } from '../catalog/publish.ts'
import { readStock } from '../catalog/stock.ts'
import { hashSeed } from '../game/fairness/seed.ts'
import { verifyOpening } from '../game/opening/verify.ts'
import { STOCK, userOwner } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { itemAsset, PLAY_CREDIT } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError } from '../schema/errors.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'
import { openTestLimits } from '../test/limits.ts'
import { createOpenings, type Openings } from './openings.ts'

let node: TestNode
/** Another node over the same database. */
let other: Openings
beforeAll(async () => {
  node = await openTestNode()
  const { pool, ledger, tail, catalog, secretKey } = node
  const sealer = createSealer(secretKey)
  const limits = openTestLimits({ pool, ledger, tail, sealer })
  other = createOpenings({ pool, ledger, catalog, sealer, limits, clock: Date.now })
})
afterAll(() => node.close())

let seeds = 0
const clientSeed = () => (++seeds).toString(16).padStart(64, '0')
const box = 'pocket-change'
const PRICE = 250n

const principalOf = async (token: string) => node.access.authenticate(token)
async function player(): Promise<Principal> {
  const { token } = await newGuest(node)
  const principal = await principalOf(token)
  await begin(principal)
  return principal
}

async function begin(principal: Principal, on = node.openings) {
  const { next } = await on.seeds(principal)
  return on.begin(principal, { seeds: next.seeds, clientSeed: clientSeed() })
}

const creditsOf = async ({ user }: Principal) =>
  (await node.ledger.reader.balance('main', userOwner(user), PLAY_CREDIT))!.balance
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no refusal',
    (error: unknown) => (error instanceof RollingDropError ? error.code : String(error)),
  )
const itemsOf = async ({ user }: Principal) => {
  const balances = await node.ledger.reader.balances('main', userOwner(user))
  return balances.reduce((total, { asset, balance }) => (asset === PLAY_CREDIT ? total : total + balance), 0n)
}

describe('opening boxes', () => {
  test('is paid and answered once for a key, through whichever node, also when asked at the same moment', async () => {
    const ann = await player()
    const wanted = { box, count: 3 }
    const asked = [node.openings, other, node.openings, other].map((each) => each.open(ann, 'k', wanted))
    const answers = await Promise.all(asked)
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]!.drops.map(({ nonce }) => nonce)).toEqual([0, 1, 2])
    expect(answers[0]!.balance).toBe(`${100_000n - 3n * PRICE}`)
    expect([await creditsOf(ann), await itemsOf(ann)]).toEqual([100_000n - 3n * PRICE, 3n])
    await node.openings.open(ann, 'k2', { box, count: 1 })
    expect(await other.open(ann, 'k', wanted)).toEqual(answers[0])
    expect(await codeOf(other.open(ann, 'k', { box, count: 4 }))).toBe('request/key-reused')
    expect(await creditsOf(ann)).toBe(100_000n - 4n * PRICE)
  })

  test('gives every nonce once, however many open at once on two nodes', async () => {
    const ann = await player()
    const asked = Array.from({ length: 40 }, (_, i) =>
      (i % 2 ? other : node.openings).open(ann, `many ${i}`, { box, count: (i % 3) + 1 }),
    )
    const nonces = (await Promise.all(asked)).flatMap(({ drops }) => drops.map(({ nonce }) => nonce))
    expect(nonces.toSorted((a, b) => a - b)).toEqual(Array.from({ length: nonces.length }, (_, i) => i))
    expect(await itemsOf(ann)).toBe(BigInt(nonces.length))
    expect((await other.seeds(ann)).current!.nonce).toBe(nonces.length)
  })

  test('without a pair of one’s own, without the money and of no box that there is is refused and leaves nothing', async () => {
    const bob = await principalOf((await newGuest(node)).token)
    expect(await codeOf(node.openings.open(bob, 'a', { box, count: 1 }))).toBe('seeds/unknown')
    await begin(bob)
    expect(await codeOf(node.openings.open(bob, 'b', { box: 'none', count: 1 }))).toBe('box/unknown')
    for (const key of ['c1', 'c2', 'c3', 'c4']) await node.openings.open(bob, key, { box, count: 100 })
    expect(await codeOf(node.openings.open(bob, 'd', { box, count: 1 }))).toBe('ledger/insufficient')
    expect([await creditsOf(bob), await itemsOf(bob)]).toEqual([0n, 400n])
    expect((await node.openings.seeds(bob)).current!.nonce).toBe(400)
  })

  test('of contents that one has not seen is refused and leaves nothing; of those one has, a copy is answered when they change', async () => {
    const ann = await player()
    const { hash: boxHash, box: known } = (await node.catalog.box('main', 'garden-shed'))!
    const wanted = { box: known.id, count: 1, boxHash }
    const first = await node.openings.open(ann, 'seen', wanted)
    expect(first.boxHash).toBe(boxHash)
    const { version: _, ...draft } = known
    const { hash: newest } = await publishBox(
      { ...node, tenant: 'main', clock: Date.now },
      { ...draft, price: toAmount(known.price + 1n) },
    )
    await vi.waitFor(async () => expect((await node.catalog.box('main', known.id))!.hash).toBe(newest))
    await expect(node.openings.open(ann, 'late', wanted)).rejects.toMatchObject({
      code: 'box/changed',
      details: { box: known.id, boxHash: newest },
    })
    expect(await node.openings.open(ann, 'seen', wanted)).toEqual(first)
    expect(await itemsOf(ann)).toBe(1n)
    const again = await node.openings.open(ann, 'late', { ...wanted, boxHash: newest })
    expect([again.boxHash, again.drops[0]!.nonce]).toEqual([newest, 1])
  })

  test('counts for the level, and what was won can be sold back', async () => {
    const ann = await player()
    const { drops, payouts } = await node.openings.open(ann, 'o', { box, count: 1 })
    const sold = await other.sell(ann, 's', { asset: payouts[0]!.asset, count: 1 })
    expect(sold.paid).toBe(drops[0]!.value)
    expect(await creditsOf(ann)).toBe(100_000n - PRICE + BigInt(sold.paid))
    expect(await codeOf(other.sell(ann, 't', { asset: payouts[0]!.asset, count: 1 }))).toBe('ledger/insufficient')
  })

  test('what was sold back of an item of which there are only so many can be won again', async () => {
    const ann = await player()
    const asset = itemAsset('pocket-universe', PLAY_CREDIT)
    const left = async () => (await readStock(node.ledger.reader, 'main')).get(asset)
    const all = await left()
    const won = { asset, debit: STOCK, credit: userOwner(ann.user), amount: toAmount(2n) }
    await node.ledger.commit({
      id: uuidv7(Date.now()),
      kind: 'test.won',
      tenant: 'main',
      request: digestOf(won.amount.toString()),
      transfers: [won],
      events: [{ type: 'money.moved', payload: { asset, from: STOCK, to: won.credit, amount: '2' } }],
    })
    expect(await left()).toBe(all! - 2n)
    for (const key of ['s', 's', 't']) await node.openings.sell(ann, key, { asset, count: 1 })
    expect(await left()).toBe(all)
    expect(await codeOf(other.sell(ann, 'u', { asset, count: 1 }))).toBe('ledger/insufficient')
    expect(await left()).toBe(all)
  })
})

describe('seeds', () => {
  test('of one opening after the other verify from published data alone, once they are revealed', async () => {
    const ann = await player()
    const noted = (await node.openings.seeds(ann)).current!
    const first = await node.openings.open(ann, 'a', { box, count: 2 })
    const before = await node.openings.proof('main', first.opening)
    expect(before).toMatchObject({ serverSeed: null, seedHash: noted.seedHash, clientSeed: noted.clientSeed })
    const { last } = await begin(ann, other)
    expect(last).toMatchObject({ seeds: noted.seeds, nonces: 2 })
    expect(hashSeed(last!.serverSeed)).toBe(noted.seedHash)
    const second = await other.open(ann, 'b', { box, count: 1 })
    expect(second.drops[0]!.nonce).toBe(0)
    await begin(ann)
    await begin(ann, other)
    for (const { opening, boxHash, seedHash, clientSeed: seed } of [first, second]) {
      const proof = (await node.openings.proof('main', opening))!
      expect(verifyOpening(proof, { seedHash, clientSeed: seed, boxHash, nonce: 0 })).toMatchObject({ ok: true })
    }
    expect(await node.openings.proof('other', first.opening)).toBeUndefined()
    expect(await node.openings.proof('main', 'nonsense')).toBeUndefined()
  })

  test('begin once, also when the command comes again, and never with a hash that was not told', async () => {
    const ann = await player()
    const { next, current } = await node.openings.seeds(ann)
    const wanted = { seeds: next.seeds, clientSeed: clientSeed() }
    const answers = await Promise.all([node.openings, other, node.openings].map((each) => each.begin(ann, wanted)))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]).toMatchObject({ current: { seeds: next.seeds, nonce: 0 }, last: { seeds: current!.seeds } })
    expect(await codeOf(other.begin(ann, { ...wanted, clientSeed: clientSeed() }))).toBe('seeds/unknown')
    const again = { seeds: answers[0]!.next.seeds, clientSeed: wanted.clientSeed }
    expect(await codeOf(node.openings.begin(ann, again))).toBe('request/invalid')
  })

  test('are told in the ledger before they are used: the hash of each precedes its client seed', async () => {
    const ann = await player()
    await begin(ann)
    const events = await node.ledger.reader.events({ since: 0n, tenant: 'main', user: ann.user, limit: 100 })
    const told = events.filter(({ type }) => type === 'seeds.committed').map(({ payload }) => payload)
    expect(told).toHaveLength(3)
    const [first, second, third] = told as { current: { seeds: string } | null; next: { seeds: string } }[]
    expect(first!.current).toBeNull()
    expect(second!.current!.seeds).toBe(first!.next.seeds)
    expect(third!.current!.seeds).toBe(second!.next.seeds)
  })

  test('no SQL reader finds a server seed that is not revealed', async () => {
    const ann = await player()
    const { current } = await node.openings.seeds(ann)
    await node.openings.open(ann, 'x', { box, count: 1 })
    const { last } = await begin(ann)
    const { rows } = await node.pool.query<{ state: string }>(`select state from actor where id = $1`, [
      `seeds-${ann.user}`,
    ])
    expect(rows[0]!.state).toContain(last!.serverSeed)
    const events = await node.ledger.reader.events({ since: 0n, tenant: 'main', user: ann.user, limit: 100 })
    const early = JSON.stringify(events.slice(0, -2).map(({ payload }) => payload))
    expect(early).not.toContain(last!.serverSeed)
    expect(early).toContain(current!.seedHash)
  })
})
