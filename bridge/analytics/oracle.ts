import { amounts, type MoneyFigures } from '../../schema/analytics.ts'
import type { BattleSettled } from '../../schema/battle-event.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { OpeningOpened } from '../../schema/opening.ts'

const sums = [...amounts, 'openings', 'battle', 'seat', 'drawn', 'deposits', 'withdrawals', 'trades', 'given'] as const

/** One thing that happened, written out in full: the oracle, which shares nothing with what it judges. */
export type Line = Readonly<Record<(typeof sums)[number], bigint>> &
  Readonly<{ at_ms: number; day: string; asset: string; user: string | null; box: string | null; draw: boolean }> &
  Readonly<{ version: number | null; other: string | null }>

type Told = Readonly<Record<string, string>>

/** What a plain reading of an event says. */
export function linesOf({ type, payload, at_ms }: CommittedEvent): readonly Line[] {
  const line = (asset: unknown, rest: Partial<Line>): Line => {
    const when = { at_ms, day: new Date(at_ms).toISOString().slice(0, 10), asset: String(asset) }
    const none = Object.fromEntries(sums.map((name) => [name, 0n])) as Record<(typeof sums)[number], bigint>
    return { ...none, ...when, user: null, box: null, draw: false, version: null, other: null, ...rest }
  }
  const { user, money, asset, amount, paid } = payload as Told
  if (type === 'faucet.granted') return [line(asset, { user: user!, granted: BigInt(amount!) })]
  if (type === 'item.sold') return [line(money, { user: user!, sold: BigInt(paid!) })]
  if (type === 'opening.opened') {
    const { box, version, price, drops } = payload as OpeningOpened
    const won = drops.map(({ value }) => BigInt(value)).reduce((a, b) => a + b, 0n)
    return [line(asset, { user: user!, box, version, openings: BigInt(drops.length), wagered: BigInt(price), won })]
  }
  if (type === 'battle.settled') return battleLines(payload as BattleSettled, line)
  return [...paymentLines(type, payload as Told, line), ...tradeLines(type, payload, line)]
}

type NewLine = (asset: unknown, rest: Partial<Line>) => Line

function paymentLines(type: string, { user, asset, amount }: Told, line: NewLine): readonly Line[] {
  const [known, value] = [{ user: user! }, () => BigInt(amount!)]
  if (type === 'deposit.posted') return [line(asset, { ...known, deposits: 1n, deposited: value() })]
  if (type === 'deposit.refunded') return [line(asset, { ...known, refunded: value() })]
  if (type === 'deposit.charged-back') return [line(asset, { ...known, reversed: value() })]
  if (type === 'withdrawal.held') return [line(asset, { ...known, withdrawals: 1n })]
  if (type === 'withdrawal.paid') return [line(asset, { ...known, withdrawn: value() })]
  if (type === 'commission.posted') return [line(asset, { commission: value() })]
  return []
}

function tradeLines(type: string, payload: Readonly<Record<string, unknown>>, line: NewLine): readonly Line[] {
  const trade = (user: string): Line => line('', { user, trades: 1n })
  const gift = (user: string, other: string, asset: string, given: number | string | bigint): Line =>
    line(asset, { user, other, given: BigInt(given) })
  if (type === 'item.moved') {
    const { user, from, to, asset, count } = payload as Told
    return user === from ? [trade(user!), gift(user!, to!, asset!, count!)] : []
  }
  if (type === 'listing.sold') {
    const { user, buyer, asset, money, price, fee } = payload as Told
    const left = BigInt(price!) - BigInt(fee!)
    const sides = [gift(user!, buyer!, asset!, 1), gift(buyer!, user!, money!, left > 0n ? left : 0n)]
    return [line(money, { user: user!, fees: BigInt(fee!) }), trade(user!), trade(buyer!), ...sides]
  }
  if (type !== 'trade.accepted') return []
  const { user, from, to, gives, wants } = payload as unknown as Accepted
  const [other, side] = user === from ? [to, gives] : [from, wants]
  const money = side.money ? [gift(user, other, side.money.asset, side.money.amount)] : []
  return [trade(user), ...side.items.map(({ asset, count }) => gift(user, other, asset, count)), ...money]
}

type Side = Readonly<{
  items: readonly Readonly<{ asset: string; count: number }>[]
  money: Readonly<{ asset: string; amount: string }> | null
}>
type Accepted = Readonly<{ user: string; from: string; to: string; gives: Side; wants: Side }>

function battleLines(settled: BattleSettled, line: NewLine): readonly Line[] {
  const { asset, seats, drops, price } = settled
  return [
    line(asset, { battle: 1n }),
    ...seats
      .filter((seat) => seat.user !== null)
      .map((seat) => line(asset, { user: seat.user, seat: 1n, wagered: BigInt(price), won: BigInt(seat.share) })),
    ...drops.map(({ box, value }) => line(asset, { box, drawn: BigInt(value), draw: true })),
  ]
}

export const total = (lines: readonly Line[], name: (typeof sums)[number]): bigint =>
  lines.map((line) => line[name]).reduce((a, b) => a + b, 0n)

export function byAsset(lines: readonly Line[], battles: 'battle' | 'seat'): readonly MoneyFigures[] {
  return [...new Set(lines.map(({ asset }) => asset))].toSorted().map((asset) => {
    const of = lines.filter((line) => line.asset === asset)
    const money = Object.fromEntries(amounts.map((name) => [name, total(of, name)]))
    const numbers = { openings: Number(total(of, 'openings')), battles: Number(total(of, battles)) }
    return Object.assign({ asset }, numbers, money) as unknown as MoneyFigures
  })
}
