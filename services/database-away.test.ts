import { expect, it } from 'vitest'
import { isDatabaseAway } from '../ledger/database-away.ts'
import { openTestNode } from '../test/node.ts'

const failing = (code: string): Error => Object.assign(new Error('no'), { code })

it('knows a database that is away from one that refuses', () => {
  for (const code of ['57P01', '57P03', '08006', 'ECONNREFUSED']) expect(isDatabaseAway(failing(code))).toBe(true)
  expect(isDatabaseAway(new Error('wrapped', { cause: failing('57P01') }))).toBe(true)
  expect(isDatabaseAway(new Error('Connection terminated unexpectedly'))).toBe(true)
  for (const code of ['23505', '42P01', '22P02']) expect(isDatabaseAway(failing(code))).toBe(false)
  expect(isDatabaseAway('57P01')).toBe(false)
})

it('is told as 503 that a retry can help', async () => {
  const node = await openTestNode()
  await node.pool.end()
  node.pool.connect = () => Promise.reject(failing('ECONNREFUSED'))
  node.pool.query = () => Promise.reject(failing('ECONNREFUSED'))
  const answer = await node.call('POST', '/auth/guest')
  expect(answer).toMatchObject({ status: 503, body: { code: 'ledger/unavailable', retry: true } })
  expect(answer.headers.get('retry-after')).toBe('1')
  node.pool.end = () => Promise.resolve()
  await node.close()
})
