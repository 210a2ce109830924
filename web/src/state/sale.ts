import { signal } from '@preact/signals'
import { sdk } from '../sdk.ts'
import { money, moneyOf } from '../format/money.ts'
import { balances, noteBalance } from './session.ts'
import { toast, toastError } from './toast.ts'

export type Lot = Readonly<{ asset: string; count: number }>

/** Assets whose sale is on its way. */
export const selling = signal<ReadonlySet<string>>(new Set())

/** Sells what the lots say back to the house at its published value, and tells what came in. Returns what was sold. */
export async function sell(lots: readonly Lot[]): Promise<readonly Lot[]> {
  const mine = lots.filter(({ asset, count }) => count > 0 && !selling.value.has(asset))
  if (mine.length === 0) return []
  selling.value = new Set([...selling.value, ...mine.map(({ asset }) => asset)])
  const done: Lot[] = []
  const paid = new Map<string, bigint>()
  try {
    for (const { asset, count } of mine) {
      const before = balances.value.get(asset) ?? 0n
      const sold = await sdk.sell(asset, count)
      const paidWith = moneyOf(asset)
      paid.set(paidWith, (paid.get(paidWith) ?? 0n) + BigInt(sold.paid))
      noteBalance(asset, before - BigInt(count))
      noteBalance(paidWith, BigInt(sold.balance))
      done.push({ asset, count })
    }
  } catch (error) {
    toastError(error)
  } finally {
    const ended = new Set(mine.map(({ asset }) => asset))
    selling.value = new Set([...selling.value].filter((asset) => !ended.has(asset)))
  }
  const sums = [...paid].map(([paidWith, sum]) => money(sum, paidWith))
  if (sums.length > 0) toast(`Sold for ${sums.join(' and ')}.`, 'good')
  return done
}
