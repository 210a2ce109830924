import type { TenantId } from './account.ts'

/**
 * Who may see an event: everyone, everyone of its tenant, one user, or nobody outside the system. An event may be told to
 * fewer than its type says (a private battle's), never to more.
 */
export const audiences = ['internal', 'user', 'tenant', 'public'] as const
export type Audience = (typeof audiences)[number]

/** Every event type with the widest audience it may have. */
export const eventTypes = {
  'user.registered': 'internal',
  'faucet.granted': 'user',
  'access.revoked': 'internal',
  'access.key-ended': 'internal',
  'partner.changed': 'internal',
  'partner.keys-ended': 'internal',
  'box.published': 'public',
  'entropy.published': 'public',
  'battle.created': 'public',
  'battle.joined': 'public',
  'battle.left': 'public',
  'battle.cancelled': 'public',
  'battle.started': 'public',
  'battle.refixed': 'public',
  'battle.drawn': 'internal',
  'battle.settled': 'public',
  'opening.opened': 'public',
  'seeds.committed': 'user',
  'seeds.rotated': 'user',
  'limit.set': 'user',
  'item.sold': 'user',
  'limit.refilled': 'internal',
  'limit.excluded': 'user',
  'person.stated': 'internal',
  'person.proven': 'user',
  'person.refused': 'user',
  'person.erased': 'internal',
  'staff.acted': 'internal',
  'payment.begun': 'user',
  'payment.failed': 'user',
  'payment.noted': 'internal',
  'deposit.posted': 'user',
  'deposit.refunded': 'user',
  'deposit.charged-back': 'user',
  'debt.paid': 'user',
  'withdrawal.held': 'user',
  'withdrawal.paid': 'user',
  'withdrawal.refused': 'user',
  'redemption.held': 'user',
  'redemption.shipped': 'user',
  'redemption.voided': 'user',
  'item.moved': 'user',
  'item.marked': 'user',
  'listing.opened': 'public',
  'listing.sold': 'public',
  'listing.ended': 'public',
  'order.opened': 'user',
  'order.filled': 'user',
  'order.ended': 'user',
  'trade.offered': 'user',
  'trade.accepted': 'user',
  'trade.ended': 'user',
  'box.scheduled': 'internal',
  'box.retired': 'public',
  'partner.stage-changed': 'internal',
  'commission.posted': 'tenant',
  'partner.funds-moved': 'user',
  'partner.wallet-moved': 'internal',
  'hold.expired': 'internal',
  'actor.activated': 'internal',
  'account.frozen': 'internal',
  'account.unfrozen': 'internal',
  'account.opened': 'internal',
  'money.moved': 'internal',
} as const satisfies Record<string, Audience>

export type EventType = keyof typeof eventTypes

/** An event as an outcome proposes it. `user` is the id of the one user it concerns when the audience is `user`. */
export type EventDraft = Readonly<{
  type: EventType
  payload: Readonly<Record<string, unknown>>
  audience?: Audience
  user?: string
}>

/**
 * A committed event, the same everywhere. `seq` is gapless in commit order; `at_ms` is the batch's time (unix ms);
 * `payload` is JSON with amounts as decimal strings. It holds ids, never names, addresses or free text.
 */
export type CommittedEvent = Readonly<{
  seq: bigint
  type: EventType
  audience: Audience
  tenant: TenantId
  actor: string | null
  user: string | null
  outcome: string
  at_ms: number
  payload: Readonly<Record<string, unknown>>
}>

/** The audience an event gets: the type's, or the narrower one asked for. */
export function audienceOf(draft: EventDraft): Audience {
  const widest = eventTypes[draft.type]
  const asked = draft.audience ?? widest
  return audiences.indexOf(asked) < audiences.indexOf(widest) ? asked : widest
}
