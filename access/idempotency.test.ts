import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestNode, type TestNode } from '../test/node.ts'
import type { Principal } from './access.ts'
import { claim, dropOldKeys, KEPT_DAYS } from './idempotency.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const principal = { tenant: 'main', user: 'u' } as Principal
const take = (key: string, plan: unknown = null) =>
  claim(node.pool, { principal, route: 'POST /x', key, body: { a: 1 } }, Date.now(), async () => plan)

test('what was settled first holds for everyone who comes with the key', async () => {
  const claims = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((plan) => take('many', { plan })))
  expect(new Set(claims.map(({ outcome }) => outcome)).size).toBe(1)
  expect(new Set(claims.map(({ plan }) => JSON.stringify(plan))).size).toBe(1)
  expect(claims.filter(({ first }) => first)).toHaveLength(1)
})

test('what cannot be settled leaves the key free', async () => {
  const command = { principal, route: 'POST /x', key: 'free', body: {} }
  await expect(claim(node.pool, command, Date.now(), () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect((await claim(node.pool, { ...command, body: { other: 1 } }, Date.now(), async () => null)).first).toBe(true)
})

test('another tenant, user or route may use the same key', async () => {
  const { outcome } = await take('k')
  const others = [
    { principal: { ...principal, tenant: 'partner' }, route: 'POST /x' },
    { principal: { ...principal, user: 'v' }, route: 'POST /x' },
    { principal, route: 'POST /y' },
  ]
  for (const other of others) {
    const claimed = await claim(node.pool, { ...other, key: 'k', body: {} }, Date.now(), async () => null)
    expect(claimed.outcome).not.toBe(outcome)
  }
})

test('keys are forgotten after their days, not before', async () => {
  const [old, young] = [await take('old'), await take('young')]
  const age = (key: string, days: number) =>
    node.pool.query(
      `update idempotency_key set created_at = now() - make_interval(days => $2, hours => 1) where key = $1`,
      [key, days],
    )
  await age('old', KEPT_DAYS)
  await age('young', KEPT_DAYS - 1)
  await dropOldKeys(node.pool)
  expect((await take('young')).outcome).toBe(young.outcome)
  expect((await take('old')).outcome).not.toBe(old.outcome)
})
