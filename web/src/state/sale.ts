import { signal } from '@preact/signals'
import { sdk } from '../sdk.ts'
import { credits } from '../format/credits.ts'
import { balances, noteBalance, PLAY } from './session.ts'
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
  let paid = 0n
  try {
    for (const { asset, count } of mine) {
      const before = balances.value.get(asset) ?? 0n
      const sold = await sdk.sell(asset, count)
      paid += BigInt(sold.paid)
      noteBalance(asset, before - BigInt(count))
      noteBalance(PLAY, BigInt(sold.balance))
      done.push({ asset, count })
    }
  } catch (error) {
    toastError(error)
  } finally {
    const ended = new Set(mine.map(({ asset }) => asset))
    selling.value = new Set([...selling.value].filter((asset) => !ended.has(asset)))
  }
  if (paid > 0n) toast(`Sold for ${credits(paid)} credits.`, 'good')
  return done
}
