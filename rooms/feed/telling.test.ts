import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { audiences, eventTypes, type CommittedEvent, type EventType } from '../../schema/event.ts'
import { maskedUser } from '../../schema/masked-user.ts'
import { wants, wishOf } from './filter.ts'
import { publicEvent } from './telling.ts'

const USERS = ['0190aaaa-ac96-774b-bcce-b302099a8057', '0190bbbb-ac96-774b-bcce-b302099a8057']
const drops = [
  { round: 0, seat: 0, box: 'big', sku: 'a', name: 'A', rarity: 'common', value: '100' },
  { round: 0, seat: 1, box: 'small', sku: 'b', name: 'B', rarity: 'epic', value: '5000' },
]

function event(type: EventType, changed: Partial<CommittedEvent> = {}): CommittedEvent {
  const [ann, bob] = USERS
  const seats = [
    { seat: 0, user: ann, bot: false, total: '1' },
    { seat: 1, user: bob, bot: false, total: '1' },
    { seat: 2, user: null, bot: true, total: '1' },
  ]
  const payload = { battle: 'id', user: ann, creator: bob, seats, drops, rounds: ['big', 'small'] }
  return {
    seq: 7n,
    type,
    audience: 'public',
    tenant: 'main',
    actor: 'battle-id',
    user: null,
    outcome: 'o',
    at_ms: 1,
    payload,
    ...changed,
  }
}

const types = Object.keys(eventTypes) as EventType[]

describe('an event told to the public', () => {
  test('is one whose audience is the public, and then only if its type is meant to be told', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.constantFrom(...audiences), (type, audience) => {
        const told = publicEvent(event(type, { audience }))
        if (audience !== 'public' || eventTypes[type] !== 'public') expect(told).toBeUndefined()
      }),
    )
  })

  test('names no user, but always the same mask for the same one', () => {
    const naming: EventType[] = ['battle.created', 'battle.joined', 'battle.left', 'battle.settled']
    for (const type of naming) {
      const told = publicEvent(event(type))!
      const masked = { created: 'creator', joined: 'user', left: 'user', settled: 'seats' }[type.slice(7)]!
      expect(JSON.stringify(told.payload[masked])).toMatch(/[0-9a-f]{3}•••/)
      expect(JSON.stringify(told.payload[masked])).not.toContain(USERS[0])
      expect(JSON.stringify(told.payload[masked])).not.toContain(USERS[1])
    }
    expect(maskedUser(USERS[0]!)).toBe(maskedUser(USERS[0]!))
    expect(
      publicEvent(event('battle.joined', { payload: { battle: 'id', seat: 1, user: null, bot: true } }))!.payload[
        'user'
      ],
    ).toBeNull()
  })
})

describe('a filter', () => {
  const settled = event('battle.settled')
  test('narrows by type, box, rarity and value, the last three of one and the same prize', () => {
    expect(wants(wishOf('main'), settled)).toBe(true)
    expect(wants(wishOf('main', { types: ['battle.created'] }), settled)).toBe(false)
    expect(wants(wishOf('main', { box: 'big' }), settled)).toBe(true)
    expect(wants(wishOf('main', { box: 'none' }), settled)).toBe(false)
    expect(wants(wishOf('main', { rarity: 'epic', minValue: '5000' }), settled)).toBe(true)
    expect(wants(wishOf('main', { rarity: 'common', minValue: '101' }), settled)).toBe(false)
    expect(wants(wishOf('main', { box: 'big', rarity: 'epic' }), settled)).toBe(false)
    expect(wants(wishOf('main', { box: 'small' }), event('battle.created'))).toBe(true)
    expect(wants(wishOf('main', { minValue: '0' }), event('battle.joined'))).toBe(false)
  })

  test('never lets an event of another tenant through', () => {
    const filter = fc.record(
      {
        types: fc.constant<string[]>([...types]),
        box: fc.constantFrom('big', 'small'),
        rarity: fc.constantFrom('common' as const, 'epic' as const),
        minValue: fc.constant('0'),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(filter, fc.constantFrom(...types), (wanted, type) => !wants(wishOf('other', wanted), event(type))),
    )
  })
})
