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
  if (type !== 'battle.settled') return []
  const { seats, drops, price } = payload as BattleSettled
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
