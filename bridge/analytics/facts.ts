import type { BattleSettled } from '../../schema/battle-event.ts'
import type { CommittedEvent, EventType } from '../../schema/event.ts'
import type { ListingSold } from '../../schema/market.ts'
import type { OpeningOpened } from '../../schema/opening.ts'
import type { TradeSide } from '../../schema/trade.ts'

/** What is counted of a fact: numbers of things, and amounts in smallest units. */
export const measures = [
  'openings',
  'battles',
  'seats',
  'draws',
  'wagered',
  'won',
  'drawn',
  'granted',
  'sold',
  'fees',
  'commission',
  'deposits',
  'deposited',
  'withdrawals',
  'withdrawn',
  'trades',
  'given',
  'refunded',
  'reversed',
] as const
export type Measure = (typeof measures)[number]

/** Whom and what a fact concerns; `other` is whom the user has given something. */
export const names = ['user', 'box', 'version', 'other', 'asset'] as const

/**
 * Something an event says about money, of one user, box and asset; empty where it concerns none. What is left out is 0. One with an
 * `other` says only what was given; one without an asset, only how many trades there were.
 */
export type Fact = Readonly<Record<(typeof names)[number], string>> & Readonly<Partial<Record<Measure, bigint>>>

/**
 * What an event says about money. Both stores count nothing but these, so that they give the same answers.
 * @throws TypeError, SyntaxError or RangeError when the payload has not the shape of its type
 */
export function factsOf({ type, payload }: Pick<CommittedEvent, 'type' | 'payload'>): readonly Fact[] {
  return telling[type]?.(payload) ?? []
}

/** The events that say something about money; all others say nothing that is counted. */
const telling: Partial<Record<EventType, (payload: CommittedEvent['payload']) => readonly Fact[]>> = {
  'faucet.granted': ({ user, asset, amount: granted }) => [{ ...of(user, asset), granted: amount(granted) }],
  'item.sold': ({ user, money, paid }) => [{ ...of(user, money), sold: amount(paid) }],
  'opening.opened': (payload) => [opened(payload as OpeningOpened)],
  'battle.settled': (payload) => settled(payload as BattleSettled),
  'deposit.posted': ({ user, asset, amount: paid }) => [{ ...of(user, asset), deposits: 1n, deposited: amount(paid) }],
  'deposit.refunded': ({ user, asset, amount: back }) => [{ ...of(user, asset), refunded: amount(back) }],
  'deposit.charged-back': ({ user, asset, amount: back }) => [{ ...of(user, asset), reversed: amount(back) }],
  'withdrawal.held': ({ user, asset }) => [{ ...of(user, asset), withdrawals: 1n }],
  'withdrawal.paid': ({ user, asset, amount: paid }) => [{ ...of(user, asset), withdrawn: amount(paid) }],
  'commission.posted': ({ asset, amount: earned }) => [{ ...of('', asset), commission: amount(earned) }],
  'listing.sold': (payload) => listed(payload as ListingSold),
  // Each of the two is told, and what each gave is counted with what they are told.
  'trade.accepted': (payload) => traded(payload as TradeAccepted),
  'item.moved': ({ user, from, to, asset, count }) =>
    user === from ? [{ ...of(user, ''), trades: 1n }, gift(user, to, asset, BigInt(whole(count)))] : [],
}

/** The part of a trade that is counted. */
type TradeAccepted = Readonly<{ user: string; from: string; to: string; gives: TradeSide; wants: TradeSide }>

function listed({ user, buyer, asset, money, price, fee }: ListingSold): readonly Fact[] {
  const [paid, kept] = [amount(price), amount(fee)]
  return [
    { ...of(user, money), fees: kept },
    { ...of(user, ''), trades: 1n },
    { ...of(buyer, ''), trades: 1n },
    gift(user, buyer, asset, 1n),
    gift(buyer, user, money, paid > kept ? paid - kept : 0n),
  ]
}

function traded({ user, from, to, gives, wants }: TradeAccepted): readonly Fact[] {
  const [other, { items, money }] = user === from ? [to, gives] : [from, wants]
  return [
    { ...of(user, ''), trades: 1n },
    ...items.map(({ asset, count }) => gift(user, other, asset, BigInt(whole(count)))),
    ...(money ? [gift(user, other, money.asset, amount(money.amount))] : []),
  ]
}

function gift(user: unknown, other: unknown, asset: unknown, given: bigint): Fact {
  return { user: word(user), box: '', version: '', other: word(other), asset: word(asset), given }
}

function opened({ user, box, version, asset, price, drops }: OpeningOpened): Fact {
  const won = drops.reduce((sum, { value }) => sum + amount(value), 0n)
  const figures = { openings: BigInt(drops.length), wagered: amount(price), won }
  return { ...of(user, asset, box), version: whole(version), ...figures }
}

function settled({ asset, price, seats, drops }: BattleSettled): readonly Fact[] {
  const wagered = amount(price)
  const drawn = new Map<string, { draws: bigint; drawn: bigint }>()
  for (const { box, value } of drops) {
    const before = drawn.get(box) ?? { draws: 0n, drawn: 0n }
    drawn.set(box, { draws: before.draws + 1n, drawn: before.drawn + amount(value) })
  }
  return [
    { ...of('', asset), battles: 1n },
    ...seats.flatMap(({ user, share }) =>
      user === null ? [] : [{ ...of(user, asset), seats: 1n, wagered, won: amount(share) }],
    ),
    ...[...drawn].map(([box, figures]) => Object.assign(of('', asset, box), figures)),
  ]
}

function of(user: unknown, asset: unknown, box: unknown = ''): Pick<Fact, (typeof names)[number]> {
  return { user: word(user), box: word(box), version: '', other: '', asset: word(asset) }
}

function word(value: unknown): string {
  if (typeof value === 'string') return value
  throw new TypeError(`${JSON.stringify(value)} is no name`)
}

/** A version of a box, or a number of items. */
function whole(value: unknown): string {
  if (Number.isInteger(value) && Number(value) > 0) return String(value)
  throw new TypeError(`${JSON.stringify(value)} is no whole number above 0`)
}

/** The largest that either store holds. */
const AMOUNT_MAX = 2n ** 63n - 1n

function amount(value: unknown): bigint {
  const read = typeof value === 'string' && /^\d{1,19}$/.test(value) ? BigInt(value) : -1n
  if (read >= 0n && read <= AMOUNT_MAX) return read
  throw new RangeError(`${JSON.stringify(value)} is no amount`)
}
