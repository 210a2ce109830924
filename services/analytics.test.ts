import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createAnalyticsSink } from '../bridge/analytics/postgres-sink.ts'
import { Relay } from '../bridge/relay.ts'
import { countingOf, tellLedger } from '../test/analytics.ts'
import { newStaff } from '../test/box-staff.ts'
import { openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

test('a user sees their own figures and nobody else’s, and only those who run the place see all of it', async () => {
  const [ann, bob] = await Promise.all([node.access.guest(), node.access.guest()])
  const stats = (of: string, token: string) => node.call('GET', `/analytics/user/${of}/stats`, { token })
  expect((await stats(bob.user.id, ann.token)).body.code).toBe('request/not-found')
  expect((await stats('nobody', ann.token)).body.code).toBe('request/invalid')
  expect((await node.call('GET', `/analytics/user/${ann.user.id}/stats`)).body.code).toBe('auth/token-missing')
  for (const path of ['overview', 'boxes', 'days?from=2026-01-01&to=2026-01-02']) {
    expect((await node.call('GET', `/analytics/global/${path}`, { token: ann.token })).body.code).toBe('auth/forbidden')
  }
})

test('figures follow what happens, and a range of days has two ends in order', async () => {
  const { pool, ledger, tail } = node
  const log = { info: () => {}, error: () => {} }
  const relay = new Relay({ pool, ledger, tail, node: () => 'n1', log, sink: createAnalyticsSink({ pool }) })
  const ann = await node.access.guest()
  const admin = await node.access.guest()
  await pool.query(`update app_user set roles = '{player,admin}' where id = $1`, [admin.user.id])
  const { token } = await node.access.refresh(admin.refreshToken)
  const mine = await vi.waitFor(async () => {
    const { body } = await node.call('GET', `/analytics/user/${ann.user.id}/stats`, { token: ann.token })
    expect(body.assets).toMatchObject([{ asset: 'play:CREDIT', granted: '100000', wagered: '0' }])
    return body
  }, 10_000)
  expect(mine.lastAt).toBeGreaterThan(0)
  expect((await node.call('GET', `/analytics/user/${ann.user.id}/stats`, { token })).status).toBe(200)
  const { body: overview } = await node.call('GET', '/analytics/global/overview', { token })
  expect(overview.users).toBeGreaterThanOrEqual(2)
  const today = new Date().toISOString().slice(0, 10)
  const { body: days } = await node.call('GET', `/analytics/global/days?from=${today}&to=${today}`, { token })
  expect(days.days).toMatchObject([{ day: today, asset: 'play:CREDIT' }])
  for (const range of ['from=2026-02-02&to=2026-02-01', 'from=2020-01-01&to=2026-01-01', 'from=today&to=2026-01-01']) {
    expect((await node.call('GET', `/analytics/global/days?${range}`, { token })).body.code).toBe('request/invalid')
  }
  expect((await node.call('GET', '/analytics/global/boxes', { token })).body).toEqual({ boxes: [] })
  await relay.close()
})

test('revenue is what was wagered less what was won, with all that came and went beside it', async () => {
  const partner = '018bcfe5-6800-7000-8000-0000000000aa'
  await node.pool.query(`insert into partner (id, name, tenant, created_ms) values ($1, 'acme', 'acme-world', 1)`, [
    partner,
  ])
  await node.pool.query(`insert into partner_world (partner, sandbox, tenant) values ($1, false, 'acme-world')`, [
    partner,
  ])
  const counting = countingOf(node)
  const opening = { user: 'u', box: 'gold', version: 7, asset: 'USD', price: '1000', drops: [{ value: '400' }] }
  for (const tenant of ['main', 'acme-world', 'rival-world']) {
    await tellLedger(node, tenant, [
      { type: 'opening.opened', payload: opening },
      { type: 'commission.posted', payload: { partner: 'p', asset: 'USD', amount: '50' } },
      { type: 'deposit.posted', payload: { user: 'u', asset: 'USD', amount: '2000' } },
      { type: 'faucet.granted', payload: { user: 'u', asset: 'USD', amount: '100' } },
    ])
  }
  await counting.counted()
  await counting.close()
  const admin = await newStaff(node, '{player,admin}')
  const owner = await newStaff(node, '{player,partner-admin}', 'acme-world')
  const day = new Date().toISOString().slice(0, 10)
  const range = `from=${day}&to=${day}`
  const get = async (path: string, token: string) => (await node.call('GET', `/analytics/${path}`, { token })).body
  const sums = {
    asset: 'USD',
    wagered: '1000',
    won: '400',
    gross: '600',
    net: '450',
    commission: '50',
    deposited: '2000',
  }
  const revenue = await get(`global/revenue?${range}`, admin)
  expect(revenue.days.find(({ asset }: { asset: string }) => asset === 'USD')).toMatchObject({ day, users: 1, ...sums })
  expect(revenue.total.find(({ asset }: { asset: string }) => asset === 'USD')).toMatchObject(sums)
  const own = { partner: 'acme', sandbox: false, tenant: 'acme-world', day, ...sums }
  expect(await get(`partners?${range}`, owner)).toMatchObject({ days: [own] })
  expect(await get(`partners?${range}`, admin)).toMatchObject({ days: [own] })
  expect((await get(`global/revenue?${range}`, owner)).days).toMatchObject([{ day, ...sums }])
  // Nothing is known of what this version holds: then nothing is said of it.
  expect((await get('global/boxes', admin)).boxes).toMatchObject([
    { box: 'gold', returnToPlayer: 0.4, expected: null, outside: false, versions: [{ version: 7, openings: 1 }] },
  ])
  const player = (await node.access.guest()).token
  for (const path of ['global/revenue', 'partners']) {
    expect((await get(`${path}?${range}`, player)).code).toBe('auth/forbidden')
    expect((await get(`${path}?from=2026-02-02&to=2026-02-01`, admin)).code).toBe('request/invalid')
  }
})

test('a box of the catalogue is held against its exact odds', async () => {
  const counting = countingOf(node)
  const published = (await node.catalog.boxes('main'))[0]!.box
  const cheapest = published.prizes.reduce((a, b) => (b.value < a.value ? b : a))
  await tellLedger(
    node,
    'main',
    Array.from({ length: 30 }, () => ({
      type: 'opening.opened' as const,
      payload: {
        user: 'u',
        box: published.id,
        version: published.version,
        asset: published.asset,
        price: `${published.price * 100n}`,
        drops: Array.from({ length: 100 }, () => ({ value: `${cheapest.value}` })),
      },
    })),
  )
  await counting.counted()
  await counting.close()
  const token = await newStaff(node, '{player,admin}')
  const { body } = await node.call('GET', '/analytics/global/boxes', { token })
  const box = body.boxes.find((each: { box: string }) => each.box === published.id)
  expect(box).toMatchObject({ openings: 3000, outside: true })
  expect(box.returnToPlayer).toBeLessThan(box.low)
  expect(box.expected).toBeGreaterThan(0.5)
  expect(box.versions).toMatchObject([{ version: published.version, outside: true, expected: box.expected }])
})
