import { amounts, type DayRange, type MoneyFigures } from '../schema/analytics.ts'
import { RollingDropError } from '../schema/errors.ts'

const DAYS_MAX = 400
const DAY_MS = 86_400_000

/** Figures as examples of the document show them. */
export const exampleMoney = {
  asset: 'play:CREDIT',
  openings: 1200,
  battles: 84,
  wagered: '412000',
  won: '372800',
  granted: '31000000',
  sold: '98000',
  fees: '410',
  commission: '0',
  deposited: '0',
  withdrawn: '0',
  refunded: '0',
  reversed: '0',
}

type Money = Readonly<Record<(typeof amounts)[number], string>>

export function moneyJson(figures: MoneyFigures) {
  const { asset, openings, battles } = figures
  const money = Object.fromEntries(amounts.map((name) => [name, `${figures[name]}`])) as Money
  return { asset, openings, battles, ...money }
}

/** Throws `request/invalid` unless the range has two ends in order, at most 400 days apart. */
export function demandRange({ from, to }: DayRange): void {
  const length = (Date.parse(to) - Date.parse(from)) / DAY_MS
  if (length >= 0 && length <= DAYS_MAX) return
  const message = `from comes before to, and at most ${DAYS_MAX} days lie between`
  throw new RollingDropError('request/invalid', { issues: [{ path: 'from', message }] })
}
