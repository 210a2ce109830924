import fc from 'fast-check'
import { expect, test } from 'vitest'
import { audiences, eventTypes, type CommittedEvent, type EventType } from '../../schema/event.ts'
import { topicsOf } from '../../schema/topic.ts'
import { eventsOf } from '../sink-spec.ts'
import { familyOf, routesOf, type PartnerTenant } from './route.ts'
import { partnerTopics, sharedTopics } from './topics.ts'

const types = Object.keys(eventTypes) as readonly EventType[]
const names = fc.stringMatching(/^[a-z][a-z0-9-]{1,12}$/)
const tenants = fc.constantFrom('main', 'acme', 'acme-2', 'globex', 'initech')
const partner = fc.record({ id: names, tenant: tenants })
const event = fc
  .record({
    type: fc.constantFrom(...types),
    audience: fc.constantFrom(...audiences),
    tenant: tenants,
    user: fc.option(fc.uuid()),
    actor: fc.option(fc.uuid()),
  })
  .map((changed): CommittedEvent => eventsOf(1, 1, () => changed)[0]!)
const some = fc.uniqueArray(partner, { selector: ({ id }) => id, maxLength: 6 })
const shared = new Set<string>(Object.values(sharedTopics).map(({ name }) => name))
const isPartners = (name: string) => name.startsWith('partner-')

test('no event ever goes to a partner whose tenant it is not of, nor an internal one to any', () => {
  fc.assert(
    fc.property(event, some, (each, partners) => {
      const mine = partners.filter(({ tenant }) => tenant === each.tenant)
      const allowed = new Set(
        mine.flatMap(({ id }) => [partnerTopics(id).events.name, partnerTopics(id).notifications.name]),
      )
      for (const { topic, key } of routesOf(each, partners).filter((route) => isPartners(route.topic.name))) {
        expect(each.audience).not.toBe('internal')
        if (shared.has(topic.name)) expect(mine.map(({ id }) => id)).toContain(key)
        else expect(allowed).toContain(topic.name)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('every event goes exactly once into a topic of the house, and never twice into any topic', () => {
  fc.assert(
    fc.property(event, some, (each, partners) => {
      const topics = routesOf(each, partners).map(({ topic }) => topic.name)
      expect(new Set(topics).size).toBe(topics.length)
      expect(topics.filter((name) => name === 'transaction-events' || name === 'admin-operations')).toHaveLength(1)
    }),
    { numRuns: 500 },
  )
})

test('a partner gets all that its topics promise, of its tenant', () => {
  const acme: PartnerTenant = { id: 'acme', tenant: 'acme-tenant' }
  for (const type of types) {
    const each = eventsOf(1, 1, () => ({ type, audience: 'public', tenant: 'acme-tenant' }))[0]!
    const topics = routesOf(each, [acme]).map(({ topic }) => topic.name)
    for (const told of topicsOf(type))
      expect(topics).toContain(told === 'notifications' ? 'partner-acme-notifications' : told)
    const isMore = topicsOf(type).some((told) => told !== 'notifications')
    expect(topics.includes('partner-acme-events')).toBe(isMore)
  }
})

test('one whose name could be taken for another topic is refused', () => {
  for (const id of ['', '.', 'a/b', 'a b', 'a.events', '*', 'ä'])
    expect(() => partnerTopics(id)).toThrow(/topic's name/)
})

test('a battle’s events are all of one key, money’s are of the user’s', () => {
  const of = (changed: Partial<CommittedEvent>) => routesOf(eventsOf(1, 1, () => changed)[0]!, [])[0]!
  expect(of({ type: 'battle.joined', actor: 'battle-7', user: 'u' }).key).toBe('battle-7')
  expect(of({ type: 'faucet.granted', user: 'u' }).key).toBe('u')
  expect(of({ type: 'opening.opened', payload: { user: 'v' } }).key).toBe('v')
  expect(of({ type: 'box.published', tenant: 't' }).key).toBe('t')
  expect(familyOf('box.published')).toBe('admin')
})
