import type { Family } from '../../schema/avro/schemas.ts'
import type { CommittedEvent, EventType } from '../../schema/event.ts'
import { topicsOf, type PartnerTopic } from '../../schema/topic.ts'
import { houseTopics, partnerTopics, sharedTopics, type Topic } from './topics.ts'

/** One of those who resell us, and the tenant that is theirs. */
export type PartnerTenant = Readonly<{ id: string; tenant: string }>

/** One message of an event: where it goes, as a record of which family, and whose order it keeps. */
export type Route = Readonly<{ topic: Topic; family: Family; key: string }>

const moneyTypes: ReadonlySet<EventType> = new Set([
  'faucet.granted',
  'opening.opened',
  'item.sold',
  'item.moved',
  'listing.opened',
  'listing.sold',
  'listing.ended',
  'order.opened',
  'order.filled',
  'order.ended',
  'trade.offered',
  'trade.accepted',
  'trade.ended',
  'deposit.posted',
  'deposit.refunded',
  'deposit.charged-back',
  'debt.paid',
  'withdrawal.held',
  'withdrawal.paid',
  'withdrawal.refused',
  'redemption.held',
  'redemption.shipped',
  'redemption.voided',
  'money.moved',
])

/** The family of an event. What is neither about money nor a battle is for those who run the house. */
export function familyOf(type: EventType): 'transaction' | 'battle' | 'admin' {
  if (type.startsWith('battle.')) return 'battle'
  return moneyTypes.has(type) ? 'transaction' : 'admin'
}

/** Whom an event is about. */
export function userOf({ user, payload }: CommittedEvent): string | null {
  const told = payload['user'] ?? payload['creator']
  return user ?? (typeof told === 'string' ? told : null)
}

/**
 * Where an event goes: once into the topic of its family, once into that of inventories when it changes one, and into those
 * of the partners whose tenant it belongs to, unless it is internal.
 */
export function routesOf(event: CommittedEvent, partners: readonly PartnerTenant[]): readonly Route[] {
  const family = familyOf(event.type)
  // A battle's events keep their order among each other, whoever they are about.
  const key = (family === 'battle' ? event.actor : userOf(event)) ?? event.actor ?? event.tenant
  const house: Route = { topic: family === 'admin' ? houseTopics.admin : houseTopics.transactions, family, key }
  const told = topicsOf(event.type)
  const inventory = told.includes('partner-inventory-updates')
    ? [{ topic: houseTopics.inventory, family: 'inventory' as const, key: userOf(event) ?? key }]
    : []
  const outside = event.audience === 'internal' ? [] : partners.filter(({ tenant }) => tenant === event.tenant)
  return [
    house,
    ...inventory,
    ...sharedRoutes(told, family, outside),
    ...outside.flatMap(({ id }) => ownRoutes(told, family, id)),
  ]
}

/** Once each, however many partners a tenant has. */
function sharedRoutes(
  told: readonly PartnerTopic[],
  family: Family,
  [partner]: readonly PartnerTenant[],
): readonly Route[] {
  if (!partner) return []
  return told.flatMap((name) => {
    if (name === 'notifications') return []
    const record = name === 'partner-inventory-updates' ? 'inventory' : family
    return [{ topic: sharedTopics[name], family: record, key: partner.id }]
  })
}

function ownRoutes(told: readonly PartnerTopic[], family: Family, id: string): readonly Route[] {
  const { events, notifications } = partnerTopics(id)
  return [
    ...(told.some((name) => name !== 'notifications') ? [{ topic: events, family, key: id }] : []),
    ...(told.includes('notifications') ? [{ topic: notifications, family, key: id }] : []),
  ]
}
