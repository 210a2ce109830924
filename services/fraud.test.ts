import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventDraft } from '../schema/event.ts'
import { countingOf, tellLedger } from '../test/analytics.ts'
import { newStaff } from '../test/box-staff.ts'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
let counting: ReturnType<typeof countingOf>
let support: string
beforeAll(async () => {
  node = await openTestNode()
  counting = countingOf(node)
  support = await newStaff(node, '{player,support}')
})
afterAll(async () => {
  await counting.close()
  await node.close()
})

const get = async (path: string, token = support) => (await node.call('GET', `/admin/fraud/${path}`, { token })).body
const money = { asset: 'USD', amount: '1000' }
const deposit = (user: string): EventDraft => ({ type: 'deposit.posted', user, payload: { user, ...money } })
const opening = (user: string, boxes: number): EventDraft => ({
  type: 'opening.opened',
  payload: {
    user,
    box: 'b',
    version: 1,
    asset: 'USD',
    price: '100',
    drops: Array.from({ length: boxes }, () => ({ value: '1' })),
  },
})
const sale = (seller: string, buyer: string, asset: string, price: string): EventDraft => ({
  type: 'listing.sold',
  payload: {
    listing: 'l',
    user: seller,
    buyer,
    asset,
    rarity: null,
    money: 'play:CREDIT',
    price,
    fee: '0',
    order: null,
  },
})
const gift = (from: string, to: string, asset: string, count: number): readonly EventDraft[] =>
  [from, to].map((user) => ({ type: 'item.moved', user, payload: { user, from, to, asset, count } }))
const many = (events: number, of: () => EventDraft): readonly EventDraft[] => Array.from({ length: events }, of)

describe('velocity', () => {
  test('finds whoever passes a bound, says which, and nobody who only reaches it', async () => {
    await tellLedger(node, 'main', [
      ...many(4, () => deposit('fast')),
      ...many(3, () => deposit('slow')),
      opening('clicker', 51),
      opening('patient', 50),
    ])
    await tellLedger(
      node,
      'elsewhere',
      many(4, () => deposit('theirs')),
    )
    await counting.counted()
    const { findings } = await get('velocity?unit=hour')
    expect(findings.map(({ user }: { user: string }) => user).toSorted()).toEqual(['clicker', 'fast'])
    expect(findings.find(({ user }: { user: string }) => user === 'fast')).toMatchObject({
      unit: 'hour',
      deposits: 4,
      openings: 0,
      passed: [{ rule: 'deposits-per-hour', what: 'deposits', count: 4, bound: 3 }],
    })
    expect((await get('velocity?unit=day')).findings).toEqual([])
    expect((await get('velocity?unit=minute')).findings).toMatchObject([
      { user: expect.stringMatching(/clicker|patient/) },
      { user: expect.stringMatching(/clicker|patient/) },
    ])
    for (const wrong of ['unit=year', 'unit=minute&days=3', 'unit=hour&days=15', 'unit=day&days=32', 'days=0'])
      expect((await get(`velocity?${wrong}`)).code).toBe('request/invalid')
  })
})

describe('shared signals', () => {
  test('show groups at or above the bound, the largest first, page by page, and who is in them', async () => {
    const { signals } = node
    const record = (user: string, value: string, tenant = 'main') => signals.record({ tenant, user }, 'payout', value)
    for (const user of ['p1', 'p2', 'p3']) await record(user, 'ring of three')
    for (const user of ['q1', 'q2']) await record(user, 'ring of two')
    await record('alone', 'own account')
    await Promise.all(['z1', 'z2'].map((user) => record(user, 'ring of two', 'elsewhere')))
    await signals.record({ tenant: 'main', user: 'alone' }, 'device', 'ring of two')
    const first = await get('shared?kind=payout&limit=1')
    expect(first.groups).toMatchObject([{ rule: 'shared-payout', users: 3, bound: 2 }])
    expect(first.groups[0].members).toHaveLength(3)
    const second = await get(`shared?kind=payout&limit=1&cursor=${first.next}`)
    expect(second).toMatchObject({ groups: [{ users: 2 }], next: null })
    const names = second.groups[0].members.map(({ user }: { user: string }) => user)
    expect(names.toSorted()).toEqual(['q1', 'q2'])
    const path = `shared/payout/${first.groups[0].group}`
    const page = await get(`${path}?limit=2`)
    expect(page).toMatchObject({ members: [{ user: 'p1', count: 1 }, { user: 'p2' }], next: 'p2' })
    expect(await get(`${path}?limit=2&cursor=p2`)).toMatchObject({ members: [{ user: 'p3' }], next: null })
    expect((await get('shared?kind=device')).groups).toEqual([])
    expect((await get('shared?kind=name')).code).toBe('request/invalid')
    expect((await get('shared?kind=payout&cursor=x')).code).toBe('request/invalid')
  })
})

describe('gifts', () => {
  test('find who gives far more than comes back and what goes round, and no fair trade', async () => {
    const items = [...(await node.catalog.items('main'))]
    const [asset, { prize }] = items.toSorted(([, a], [, b]) => Number(b.prize.value - a.prize.value))[0]!
    const worth = prize.value
    expect(worth).toBeGreaterThan(10_000n)
    await tellLedger(node, 'main', [
      ...gift('giver', 'taker', asset, 2),
      // Sold for next to nothing: as good as given.
      sale('dumper', 'mule', asset, '100'),
      sale('honest', 'buyer', asset, `${worth}`),
      ...gift('r1', 'r2', asset, 1),
      ...gift('r2', 'r3', asset, 1),
      ...gift('r3', 'r1', asset, 1),
    ])
    await counting.counted()
    const found = await get('gifts')
    const flows = found.oneSided.map(({ from, to }: { from: string; to: string }) => `${from} ${to}`).toSorted()
    expect(flows).toEqual(['dumper mule', 'giver taker', 'r1 r2', 'r2 r3', 'r3 r1'])
    expect(found.oneSided[0]).toMatchObject({
      rule: 'one-sided',
      from: 'giver',
      given: `${worth * 2n}`,
      back: '0',
      gifts: 1,
    })
    expect(found.circles).toEqual([
      { asset: 'play:CREDIT', rule: 'circle', bound: '10000', users: ['r1', 'r2', 'r3'], least: `${worth}` },
    ])
  })
})

test('charge-backs are listed by user, the most first', async () => {
  const back = (user: string, amount: string): EventDraft => ({
    type: 'deposit.charged-back',
    user,
    payload: { user, asset: 'USD', amount, owed: '0' },
  })
  await tellLedger(node, 'main', [back('c1', '10'), back('c2', '30'), back('c1', '5')])
  await counting.counted()
  expect((await get('charge-backs')).users).toMatchObject([
    { user: 'c2', reversed: '30', rule: 'charged-back' },
    { user: 'c1', reversed: '15' },
  ])
})

test('only those who look after fraud see any of it, each of their own tenant', async () => {
  const player = (await newGuest(node)).token
  const partner = await newStaff(node, '{player,partner-admin}', 'elsewhere')
  const theirs = await newStaff(node, '{player,support}', 'elsewhere')
  const group = 'A'.repeat(22)
  for (const path of ['velocity', 'shared?kind=payout', `shared/payout/${group}`, 'gifts', 'charge-backs']) {
    expect((await get(path, player)).code).toBe('auth/forbidden')
    expect((await get(path, partner)).code).toBe('auth/forbidden')
    expect((await node.call('GET', `/admin/fraud/${path}`)).body.code).toBe('auth/token-missing')
  }
  expect((await get('velocity?unit=hour', theirs)).findings).toMatchObject([{ user: 'theirs', deposits: 4 }])
  expect((await get('shared?kind=payout', theirs)).groups).toMatchObject([{ users: 2 }])
  expect((await get('gifts', theirs)).oneSided).toEqual([])
  expect((await get('charge-backs', theirs)).users).toEqual([])
})
