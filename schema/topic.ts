import type { EventType } from './event.ts'

/** What a partner can follow of its own tenant; the names are those of the topics everywhere. */
export const partnerTopics = [
  'partner-transactions',
  'partner-box-openings',
  'partner-inventory-updates',
  'notifications',
] as const
export type PartnerTopic = (typeof partnerTopics)[number]

/** Whose eyes the feed is told to: everyone's, with users masked, or a partner's on one topic of its own tenant. */
export type View = 'public' | PartnerTopic

const [transactions, openings, inventory, notifications] = partnerTopics

/** The topics an event of each type belongs to. A type that does not stand here is told to no partner. */
const topics: Partial<Record<EventType, readonly PartnerTopic[]>> = {
  'faucet.granted': [transactions],
  'opening.opened': [transactions, openings, inventory],
  'item.sold': [transactions, inventory],
  'item.moved': [inventory],
  'listing.opened': [inventory],
  'listing.sold': [transactions, inventory],
  'listing.ended': [inventory],
  'order.opened': [transactions],
  'order.filled': [transactions],
  'order.ended': [transactions],
  'trade.offered': [transactions, inventory],
  'trade.accepted': [transactions, inventory],
  'trade.ended': [transactions, inventory],
  'deposit.posted': [transactions],
  'deposit.refunded': [transactions],
  'deposit.charged-back': [transactions],
  'debt.paid': [transactions],
  'withdrawal.held': [transactions],
  'withdrawal.paid': [transactions],
  'withdrawal.refused': [transactions],
  'redemption.held': [inventory],
  'redemption.shipped': [transactions],
  'redemption.voided': [inventory],
  'commission.posted': [transactions],
  'partner.funds-moved': [transactions],
  'battle.created': [transactions],
  'battle.joined': [transactions],
  'battle.left': [transactions],
  'battle.cancelled': [transactions],
  'battle.settled': [transactions, openings, inventory],
  'battle.started': [notifications],
  'battle.refixed': [notifications],
  'box.published': [notifications],
  'box.retired': [notifications],
  'entropy.published': [notifications],
}

export function topicsOf(type: EventType): readonly PartnerTopic[] {
  return topics[type] ?? []
}

/** Whether partners are told events of this type at all. */
export const isTold = (type: EventType): boolean => topicsOf(type).length > 0

export function isPartnerTopic(text: string): text is PartnerTopic {
  return (partnerTopics as readonly string[]).includes(text)
}
