import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newStaff } from '../test/box-staff.ts'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
let token: string
beforeAll(async () => {
  node = await openTestNode({ clientBatchesPerMinute: 50 })
  token = (await newGuest(node)).token
})
afterAll(() => node.close())

const today = new Date().toISOString().slice(0, 10)
const event = (more: Readonly<Record<string, unknown>> = {}) => ({
  id: randomUUID(),
  type: 'page.seen',
  at: Date.now(),
  properties: { page: 'lobby', seconds: 1.5, first: true },
  ...more,
})
const tell = (events: readonly unknown[], as: string = token) =>
  node.call('POST', '/analytics/events', { token: as, body: { events } })

test('what a guest’s page tells counts once, however often it is sent', async () => {
  const events = [event(), event({ properties: undefined }), event({ type: 'box.opened-by-hand' })]
  expect(await tell(events)).toMatchObject({ status: 202, body: { stored: 3 } })
  expect((await tell([...events, event()])).body).toEqual({ stored: 1 })
  const admin = await newStaff(node, '{player,admin}')
  const summary = `/analytics/events/summary?from=${today}&to=${today}`
  expect((await node.call('GET', summary, { token: admin })).body).toEqual({
    days: [
      { day: today, type: 'box.opened-by-hand', events: 1, users: 1 },
      { day: today, type: 'page.seen', events: 3, users: 1 },
    ],
  })
  const one = await node.call('GET', `${summary}&type=page.seen`, { token: admin })
  expect(one.body.days).toHaveLength(1)
  expect((await node.call('GET', summary, { token })).body.code).toBe('auth/forbidden')
  expect((await node.call('GET', '/analytics/events/summary?from=x&to=y', { token: admin })).body.code).toBe(
    'request/invalid',
  )
})

test('nobody tells anything without being signed in', async () => {
  expect((await node.call('POST', '/analytics/events', { body: { events: [event()] } })).body.code).toBe(
    'auth/token-missing',
  )
})

describe('refused as a whole, and nothing of it kept, is a batch with', () => {
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, i]))
  test.each([
    ['no event', []],
    ['more than a hundred', Array.from({ length: 101 }, () => event())],
    ['an id that is none', [event({ id: 'x' })]],
    ['a type that is no word', [event({ type: 'Page seen' })]],
    ['a time long ago', [event({ at: Date.now() - 8 * 86_400_000 })]],
    ['a time to come', [event({ at: Date.now() + 600_000 })]],
    ['a field nobody knows', [event({ user: 'ann' })]],
    ['a mail address', [event({ properties: { who: 'ann@example.org' } })]],
    ['a sentence', [event({ properties: { text: 'I am Ann' } })]],
    ['a text that is too long', [event({ properties: { text: 'x'.repeat(65) } })]],
    ['something nested', [event({ properties: { deep: { er: 1 } } })]],
    ['a key that is none', [event({ properties: { 'a b': 1 } })]],
    ['too many properties', [event({ properties: many })]],
  ])('%s', async (_, events) => {
    const good = event()
    const answer = await tell(events.length === 0 ? [] : [good, ...events].slice(0, 101))
    expect(answer.body.code).toBe('request/invalid')
    const { rows } = await node.pool.query('select from client_event where id = $1', [good.id])
    expect(rows).toHaveLength(0)
  })
})

test('whoever tells too often is told to wait', async () => {
  const eager = (await newGuest(node)).token
  const codes = []
  for (let i = 0; i < 52; i++) codes.push((await tell([event()], eager)).status)
  expect(codes).toContain(429)
  expect(codes.slice(0, 50).every((status) => status === 202)).toBe(true)
})
