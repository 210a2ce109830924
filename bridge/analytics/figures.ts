import {
  amounts,
  counts,
  paced,
  type BoxFigures,
  type DayFigures,
  type Given,
  type MoneyFigures,
  type Pace,
  type Reversed,
  type TenantDay,
  type VersionFigures,
} from '../../schema/analytics.ts'

/** A row of sums as either store hands it out: numbers as text, so that none loses a digit. */
type Row<T> = Readonly<Record<keyof T, string>>
export type FigureRow = Row<MoneyFigures>
export type TenantDayRow = Row<TenantDay>

/** The columns of sums, in one order everywhere. */
export const figures = [...counts, ...amounts] as const

export const figuresOf = (row: FigureRow): MoneyFigures => read(row, ['asset'], counts, amounts)

export const dayOf = (row: Row<DayFigures>): DayFigures =>
  read(row, ['day', 'asset'], [...counts, 'users'] as const, amounts)

export const tenantDayOf = (row: TenantDayRow): TenantDay =>
  read(row, ['tenant', 'day', 'asset'], [...counts, 'users'] as const, amounts)

export const boxOf = (row: Row<BoxFigures>): BoxFigures =>
  read(row, ['box', 'asset'], ['openings', 'draws'], ['paid', 'won', 'drawn'])

export const versionOf = (row: Row<VersionFigures>): VersionFigures =>
  read(row, ['box', 'asset'], ['version', 'openings'], ['paid', 'won'])

export const paceOf = (row: Row<Pace>): Pace => read(row, ['user', 'unit'], ['at_ms', ...paced], [])

export const givenOf = (row: Row<Given>): Given =>
  read(row, ['user', 'other', 'asset'], ['gifts', 'last_ms'], ['given', 'back'])

export const reversedOf = (row: Row<Reversed>): Reversed => read(row, ['user', 'asset'], [], ['deposited', 'reversed'])

/** The latest of the rows' times; null when there are none. */
export function lastOf(rows: readonly Readonly<{ last_ms: string }>[]): number | null {
  return rows.length === 0 ? null : Math.max(...rows.map(({ last_ms }) => Number(last_ms)))
}

/** What of a row is text, what a number and what an amount; anything else in it is left out. */
function read<T>(
  row: Row<T>,
  texts: readonly (keyof T)[],
  numbers: readonly (keyof T)[],
  bigints: readonly (keyof T)[],
): T {
  const out: Partial<Record<keyof T, unknown>> = {}
  for (const name of texts) out[name] = row[name]
  for (const name of numbers) out[name] = Number(row[name])
  for (const name of bigints) out[name] = BigInt(row[name])
  return out as T
}
