import type { BoxFigures, DayFigures, MoneyFigures } from '../../schema/analytics.ts'
import type { AssetId } from '../../schema/asset.ts'

/** A row of sums as either store hands it out: numbers as text, so that none loses a digit. */
export type FigureRow = Readonly<Record<keyof MoneyFigures, string>>
export type DayRow = Readonly<Record<keyof DayFigures, string>>
export type BoxRow = Readonly<Record<keyof BoxFigures, string>>

export function figuresOf(row: FigureRow): MoneyFigures {
  return {
    asset: row.asset as AssetId,
    openings: Number(row.openings),
    battles: Number(row.battles),
    wagered: BigInt(row.wagered),
    won: BigInt(row.won),
    granted: BigInt(row.granted),
    sold: BigInt(row.sold),
  }
}

export const dayOf = (row: DayRow): DayFigures =>
  Object.assign({ day: row.day, users: Number(row.users) }, figuresOf(row))

export function boxOf(row: BoxRow): BoxFigures {
  return {
    box: row.box,
    asset: row.asset as AssetId,
    openings: Number(row.openings),
    paid: BigInt(row.paid),
    won: BigInt(row.won),
    draws: Number(row.draws),
    drawn: BigInt(row.drawn),
  }
}

/** The latest of the rows' times; null when there are none. */
export function lastOf(rows: readonly Readonly<{ last_ms: string }>[]): number | null {
  return rows.length === 0 ? null : Math.max(...rows.map(({ last_ms }) => Number(last_ms)))
}
