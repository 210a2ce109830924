import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import type { CommittedEvent } from '../../schema/event.ts'
import { newSecret } from '../../access/webhooks/secret.ts'
import { bodyOf, isFor, messageId, signedHeaders } from './message.ts'
import { SCHEDULE_MS, waitAfter } from './schedule.ts'

const event: CommittedEvent = {
  seq: 12n,
  type: 'opening.opened',
  audience: 'public',
  tenant: 'acme',
  actor: null,
  user: null,
  outcome: '01890000-0000-7000-8000-000000000000',
  at_ms: Date.UTC(2026, 0, 31),
  payload: { price: '250', note: 'ünï😀' },
}
const body = bodyOf(event, 'abcdef0123456789')

describe('a message', () => {
  test('is accepted by the library of Standard Webhooks, as it is and under no other id, body or secret', () => {
    const secret = newSecret()
    const headers = signedHeaders(secret, { id: 'msg_1', body, now_ms: Date.now() })
    expect(new Webhook(secret).verify(body, headers)).toEqual({
      type: 'opening.opened',
      timestamp: '2026-01-31T00:00:00.000Z',
      position: 'abcdef0123456789:12',
      data: event.payload,
    })
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow('No matching signature')
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow('No matching signature')
    expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'msg_2' })).toThrow('No matching')
    const old = signedHeaders(secret, { id: 'msg_1', body, now_ms: Date.now() - 600_000 })
    expect(() => new Webhook(secret).verify(body, old)).toThrow('too old')
  })

  test('has the same id whenever it is sent, and another for each event, endpoint and history', () => {
    const id = messageId('l', 1n, 'e')
    expect(messageId('l', 1n, 'e')).toBe(id)
    expect(new Set([id, messageId('l', 2n, 'e'), messageId('l', 1n, 'f'), messageId('m', 1n, 'e')]).size).toBe(4)
  })

  test('is for endpoints of its tenant that want its type, and never internal', () => {
    const all = { tenant: 'acme', types: null }
    expect(isFor(all, event)).toBe(true)
    expect(isFor({ tenant: 'acme', types: ['opening.opened'] }, event)).toBe(true)
    expect(isFor({ tenant: 'acme', types: ['item.sold'] }, event)).toBe(false)
    expect(isFor({ tenant: 'main', types: null }, event)).toBe(false)
    expect(isFor(all, { ...event, audience: 'internal' })).toBe(false)
    expect(isFor({ tenant: 'acme', types: ['money.moved'] }, { ...event, type: 'money.moved' })).toBe(false)
    expect(isFor(all, { ...event, type: 'battle.drawn' })).toBe(false)
  })
})

test('an event is tried ten times within about three days, each time a little later than proposed', () => {
  expect(SCHEDULE_MS).toHaveLength(9)
  expect(waitAfter(1, SCHEDULE_MS, () => 0)).toBe(5_000)
  expect(waitAfter(2, SCHEDULE_MS, () => 1)).toBe(330_000)
  expect(waitAfter(9, SCHEDULE_MS, () => 0)).toBe(86_400_000)
  expect(waitAfter(10)).toBeUndefined()
})
