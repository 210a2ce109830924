import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { audiences, eventTypes, type CommittedEvent, type EventType } from '../../schema/event.ts'
import { maskedUser } from '../../schema/masked-user.ts'
import { wants, wishOf } from './filter.ts'
import { partnerTopics, topicsOf, type View } from '../../schema/topic.ts'
import { publicEvent, tell } from './telling.ts'

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
  const opening = { opening: 'id', user: ann, box: 'big', clientSeed: 'chosen', drops: drops.map(prizeOf) }
  const payloads: Partial<Record<EventType, object>> = {
    'battle.created': { battle: 'id', creator: bob, rounds: ['big', 'small'] },
    'battle.joined': { battle: 'id', seat: 0, user: ann, bot: false },
    'battle.left': { battle: 'id', seat: 0, user: ann },
    'battle.settled': { battle: 'id', seats, drops },
    'opening.opened': opening,
    'listing.opened': { listing: 'id', user: ann },
    'listing.sold': { listing: 'id', user: ann, buyer: bob, order: 'theirs' },
    'listing.ended': { listing: 'id', user: ann },
  }
  return {
    seq: 7n,
    type,
    audience: 'public',
    tenant: 'main',
    actor: type.startsWith('opening.') ? `seeds-${ann}` : 'battle-id',
    user: null,
    outcome: 'o',
    at_ms: 1,
    payload: { ...payloads[type] },
    ...changed,
  }
}

const prizeOf = ({ sku, name, rarity, value }: (typeof drops)[number]) => ({ nonce: 0, sku, name, rarity, value })

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
    const told_types: EventType[] = ['battle.created', 'battle.joined', 'battle.left', 'battle.settled']
    for (const type of told_types) {
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

describe('a sale', () => {
  test('is told with both masked and without the order; to each of the two with their own name', () => {
    const [ann, bob] = USERS as [string, string]
    const sold = event('listing.sold')
    expect(publicEvent(sold)!.payload).toEqual({ listing: 'id', user: maskedUser(ann), buyer: maskedUser(bob) })
    const wish = wishOf('main', { mine: true }, 'public', bob)
    expect(wants(wish, sold)).toBe(true)
    expect(tell(wish, sold)!.payload).toEqual({ listing: 'id', user: maskedUser(ann), buyer: bob })
    for (const type of ['listing.opened', 'listing.ended'] as const)
      expect(publicEvent(event(type))!.payload).toEqual({ listing: 'id', user: maskedUser(ann) })
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

  test('knows the box of an opening and what came out of it', () => {
    const opened = event('opening.opened')
    expect(wants(wishOf('main', { box: 'big', rarity: 'epic', minValue: '5000' }), opened)).toBe(true)
    expect(wants(wishOf('main', { box: 'small' }), opened)).toBe(false)
    expect(wants(wishOf('main', { minValue: '5001' }), opened)).toBe(false)
  })

  test('of one masked user takes what names them, in whatever place', () => {
    const wish = wishOf('main', { user: maskedUser(USERS[0]!) })
    const naming = types.filter((type) => wants(wish, event(type)))
    expect(naming).toContain('battle.settled')
    expect(wants(wish, event('battle.settled', { payload: { seats: [], drops: [] } }))).toBe(false)
    expect(wants(wish, event('battle.started', { payload: { battle: 'id' } }))).toBe(false)
  })
})

describe('own events', () => {
  const [ann, bob] = USERS as [string, string]
  const mine = wishOf('main', { mine: true }, 'public', ann)

  test('need somebody they are of, and a key of their own for each', () => {
    expect(() => wishOf('main', { mine: true })).toThrow(expect.objectContaining({ code: 'auth/token-missing' }))
    expect(() => wishOf('main', { mine: true }, 'notifications', ann)).toThrow(
      expect.objectContaining({ code: 'feed/filter' }),
    )
    expect(wishOf('main', { mine: true }, 'public', bob).key).not.toBe(mine.key)
    expect(wishOf('main', {}, 'public', bob).key).toBe(wishOf('main').key)
  })

  test('are told whole to their user, and to nobody else', () => {
    const granted = event('faucet.granted', { audience: 'user', user: ann, payload: { user: ann, amount: '1' } })
    const theirs = event('faucet.granted', { audience: 'user', user: bob, payload: { user: bob, amount: '1' } })
    expect(wants(mine, granted) && tell(mine, granted)?.payload).toEqual({ user: ann, amount: '1' })
    expect(wants(mine, theirs)).toBe(false)
    expect(tell(mine, theirs)).toBeUndefined()
    expect(tell(wishOf('main'), granted)).toBeUndefined()
  })

  test('among what others see too show themselves and mask the rest', () => {
    const told = JSON.stringify(tell(mine, event('battle.settled'))!.payload['seats'])
    expect([told.includes(ann), told.includes(bob), told.includes(maskedUser(bob))]).toEqual([true, false, true])
  })
})

test('an opening is told to strangers without the client seed, and without what leads to its user: its id and its actor', () => {
  const told = publicEvent(event('opening.opened'))!
  expect(told).toMatchObject({ actor: null, payload: { user: maskedUser(USERS[0]!), box: 'big' } })
  for (const secret of ['clientSeed', 'opening']) expect(told.payload).not.toHaveProperty(secret)
  expect(JSON.stringify(told)).not.toContain(USERS[0])
})

test('an opening is told to its user with its id, so that they can verify it and pass it on', () => {
  const mine = wishOf('main', { mine: true }, 'public', USERS[0])
  expect(tell(mine, event('opening.opened'))!.payload).toMatchObject({ opening: 'id', user: USERS[0] })
})

describe('whatever the filter and the view', () => {
  const filter = fc.record(
    {
      types: fc.subarray<string>([...types], { minLength: 15 }),
      box: fc.constantFrom('big', 'small'),
      rarity: fc.constantFrom('common' as const, 'epic' as const),
      minValue: fc.constantFrom('0', '101'),
      user: fc.constantFrom(maskedUser(USERS[0]!), maskedUser(USERS[1]!)),
      mine: fc.constant(true as const),
    },
    { requiredKeys: [] },
  )
  const view = fc.constantFrom<View>('public', ...partnerTopics)
  const committed = fc.record({
    // Half of them of types that are told: there are many more that are not.
    type: fc.oneof(fc.constantFrom(...types), fc.constantFrom<EventType>('battle.settled', 'opening.opened')),
    audience: fc.constantFrom(...audiences),
    tenant: fc.constantFrom('main', 'other'),
    user: fc.constantFrom(null, ...USERS),
  })
  const heard = (wanted: object, seen: View, { type, ...changed }: { type: EventType } & Partial<CommittedEvent>) => {
    const { mine: _mine, ...partners } = wanted as { mine?: true }
    const wish = wishOf('other', seen === 'public' ? wanted : partners, seen, USERS[0])
    const one = event(type, changed)
    return { wish, one, told: wants(wish, one) ? tell(wish, one) : undefined }
  }

  test("nobody hears an event of another tenant, nor one that is internal, nor one that is another user's", () => {
    let told_count = 0
    fc.assert(
      fc.property(filter, view, committed, (wanted, seen, changed) => {
        const { wish, one, told } = heard(wanted, seen, changed)
        if (!told) return
        told_count += 1
        expect([one.tenant, one.audience === 'internal']).toEqual(['other', false])
        if (seen === 'public' && one.audience === 'user') expect(one.user).toBe(wish.user)
        if (seen !== 'public') expect(topicsOf(one.type)).toContain(seen)
      }),
      { numRuns: 5_000 },
    )
    expect(told_count).toBeGreaterThan(20)
  })

  test('to strangers nobody is named, and of a user only what is theirs', () => {
    fc.assert(
      fc.property(filter, committed, (wanted, changed) => {
        const { wish, told } = heard(wanted, 'public', changed)
        const text = JSON.stringify(told ?? {})
        expect(text).not.toContain(USERS[1])
        if (wish.user === undefined) expect(text).not.toContain(USERS[0])
      }),
      { numRuns: 5_000 },
    )
  })
})
