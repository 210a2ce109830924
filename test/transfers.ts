import type { Transfer } from '../schema/outcome.ts'

/** What transfers come to for each account, by `owner asset`; accounts that end where they began are left out. */
export function ledgerSums(transfers: readonly Transfer[]): Record<string, bigint> {
  const sums: Record<string, bigint> = {}
  for (const { asset, debit, credit, amount } of transfers) {
    sums[`${debit} ${asset}`] = (sums[`${debit} ${asset}`] ?? 0n) - amount
    sums[`${credit} ${asset}`] = (sums[`${credit} ${asset}`] ?? 0n) + amount
  }
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0n))
}
