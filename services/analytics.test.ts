import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createAnalyticsSink } from '../bridge/analytics/postgres-sink.ts'
import { Relay } from '../bridge/relay.ts'
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
