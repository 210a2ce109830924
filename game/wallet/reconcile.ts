import type { Reconciliation } from '../../schema/wallet.ts'

/** One thing that happened to a payment, as one side has it. Equal things have equal `payment`, `type` and `part`. */
export type Line = Readonly<{
  payment: string
  type: 'paid' | 'refunded' | 'charged-back' | 'paid-out'
  part: string
  asset: string
  amount: bigint
  at_ms: number
}>

type Difference = Reconciliation['differences'][number]

/** What one side has and the other has not, or has otherwise. */
export function differencesOf(here: readonly Line[], there: readonly Line[]): Difference[] {
  const [ours, theirs] = [byKey(here), byKey(there)]
  const missing = there.flatMap((line) => (ours.has(keyOf(line)) ? [] : [difference('missing-here', line, null, line)]))
  const others = here.flatMap((line) => {
    const match = theirs.get(keyOf(line))
    if (match === undefined) return [difference('missing-there', line, line, null)]
    const isSame = match.amount === line.amount && match.asset === line.asset
    return isSame ? [] : [difference('amount', line, line, match)]
  })
  return [...missing, ...others]
}

/** The sums of each day (UTC) and money. */
export function sumsByDay(lines: readonly Line[]): Reconciliation['days'] {
  const sums = new Map<string, Record<Line['type'], bigint>>()
  for (const { at_ms, asset, type, amount } of lines) {
    const key = `${new Date(at_ms).toISOString().slice(0, 10)} ${asset}`
    const sum = sums.get(key) ?? { paid: 0n, refunded: 0n, 'charged-back': 0n, 'paid-out': 0n }
    sum[type] += amount
    sums.set(key, sum)
  }
  return [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, sum]) => {
      const [day = '', asset = ''] = key.split(' ')
      return {
        day,
        asset,
        paid: `${sum.paid}`,
        refunded: `${sum.refunded}`,
        chargedBack: `${sum['charged-back']}`,
        paidOut: `${sum['paid-out']}`,
      }
    })
}

function difference(
  kind: 'missing-here' | 'missing-there' | 'amount',
  { payment, type }: Line,
  here: Line | null,
  there: Line | null,
): Difference {
  return { payment, kind, type, here: here && `${here.amount}`, there: there && `${there.amount}` }
}

function byKey(lines: readonly Line[]): ReadonlyMap<string, Line> {
  return new Map(lines.map((line) => [keyOf(line), line]))
}

function keyOf({ payment, type, part }: Line): string {
  return `${payment} ${type} ${part}`
}
