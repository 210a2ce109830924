import { userOwner, type OwnerId, type TenantId } from '../../schema/account.ts'
import { isPlay, toAsset } from '../../schema/asset.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { Transfer } from '../../schema/outcome.ts'
import type { TradePhase, TradeSide } from '../../schema/trade.ts'
import { escrowOf, move, refuse, takenBy, untaken, type Decision, type Refused, type Taken } from './decision.ts'

/**
 * An offer of `from` to `to`, the state of the actor `trade-<id>`. What `from` gives lies in its escrow as long as it is open.
 *
 *     open ──by `to`──▶ accepted | declined   ├──by `from`──▶ cancelled   └──in time──▶ expired
 */
export type TradeOffer = Readonly<{
  phase: TradePhase
  id: string
  tenant: TenantId
  from: string
  to: string
  gives: TradeSide
  wants: TradeSide
  created_ms: number
  expires_ms: number
  /** What the limits of `from` took; it goes back to them unless the trade is accepted. */
  taken: readonly Taken[]
}>

export type NewTrade = Omit<TradeOffer, 'phase' | 'taken'>

export const TRADE = 'trade'
export const tradeActor = (id: string): string => `${TRADE}-${id}`

/**
 * What is wrong with an offer: `market/own` to oneself; `trade/empty` unless each side brings something with an item among it, or only
 * items are given; `market/mixed` when play money, or what was won with it, meets anything real.
 */
export function refusalOfTrade({
  from,
  to,
  gives,
  wants,
}: Pick<TradeOffer, 'from' | 'to' | 'gives' | 'wants'>): Refused | undefined {
  if (from === to) return refuse('market/own')
  const hasItems = gives.items.length + wants.items.length > 0
  const isGift = isNothing(wants) && gives.money === null
  if (!hasItems || isNothing(gives) || (isNothing(wants) && !isGift)) return refuse('trade/empty')
  const families = new Set([...assetsOf(gives), ...assetsOf(wants)].map((asset) => isPlay(toAsset(asset))))
  return families.size > 1 ? refuse('market/mixed') : undefined
}

/** Puts what is given into escrow; `spending` is what the limits of `from` take. */
export function offerTrade(wanted: NewTrade, spending: readonly Transfer[]): Decision<TradeOffer> {
  const refusal = refusalOfTrade(wanted)
  if (refusal) return refusal
  const { id, from, gives, expires_ms } = wanted
  const state: TradeOffer = { phase: 'open', ...wanted, taken: takenBy(spending) }
  return {
    type: 'commit',
    state,
    effects: {
      kind: 'trade.offer',
      transfers: [...moveSide(gives, userOwner(from), escrowOf(tradeActor(id))), ...spending],
      events: told('trade.offered', state),
      wake_at_ms: expires_ms,
    },
  }
}

/** Both sides move at once. Refuses `trade/ended`; whoever is not asked is refused as if there were none (`trade/unknown`). */
export function acceptTrade(
  trade: TradeOffer,
  { user, spending, now_ms }: Readonly<{ user: string; spending: readonly Transfer[]; now_ms: number }>,
): Decision<TradeOffer> {
  if (user !== trade.to) return refuse(user === trade.from ? 'market/own' : 'trade/unknown')
  if (trade.phase !== 'open' || now_ms >= trade.expires_ms) return refuse('trade/ended')
  const { id, from, to, gives, wants } = trade
  const state: TradeOffer = { ...trade, phase: 'accepted' }
  return {
    type: 'commit',
    state,
    effects: {
      kind: 'trade.accept',
      transfers: [
        ...moveSide(wants, userOwner(to), userOwner(from)),
        ...moveSide(gives, escrowOf(tradeActor(id)), userOwner(to)),
        ...spending,
      ],
      events: told('trade.accepted', state),
      finished: true,
    },
  }
}

/** Gives back what lies in escrow. */
export function endTrade(
  trade: TradeOffer,
  phase: 'declined' | 'cancelled' | 'expired',
  now_ms: number,
): Decision<TradeOffer> {
  if (trade.phase !== 'open') return refuse('trade/ended')
  const { id, from, gives, taken, created_ms: taken_ms } = trade
  const state: TradeOffer = { ...trade, phase }
  return {
    type: 'commit',
    state,
    effects: {
      kind: 'trade.end',
      transfers: [
        ...moveSide(gives, escrowOf(tradeActor(id)), userOwner(from)),
        ...untaken(taken, { taken_ms, now_ms }),
      ],
      events: told('trade.ended', state),
      finished: true,
    },
  }
}

const isNothing = ({ items, money }: TradeSide): boolean => items.length === 0 && money === null

/** Every asset of a side. */
export function assetsOf({ items, money }: TradeSide): readonly string[] {
  return [...items.map(({ asset }) => asset), ...(money ? [money.asset] : [])]
}

function moveSide({ items, money }: TradeSide, debit: OwnerId, credit: OwnerId): readonly Transfer[] {
  return [
    ...items.map(({ asset, count }) => move(toAsset(asset), debit, credit, BigInt(count))),
    ...(money ? [move(toAsset(money.asset), debit, credit, BigInt(money.amount))] : []),
  ]
}

/** Each of the two is told. */
function told(type: 'trade.offered' | 'trade.accepted' | 'trade.ended', trade: TradeOffer): readonly EventDraft[] {
  const { id, from, to, phase, gives, wants, expires_ms } = trade
  const payload = { trade: id, from, to, phase, gives, wants, expires_ms }
  return [from, to].map((user) => ({ type, user, payload: { user, ...payload } }))
}

export function tradeFromJson(text: string): TradeOffer {
  return JSON.parse(text) as TradeOffer
}
