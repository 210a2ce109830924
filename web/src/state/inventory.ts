import { effect, signal } from '@preact/signals'
import type { InventoryItem, MarkItem } from '../../../schema/market.ts'
import { sdk } from '../sdk.ts'
import { balances, user } from './session.ts'
import { toastError } from './toast.ts'

/** How one's own items stand, by asset: what of them is locked or on show. Null until loaded. */
export const marks = signal<ReadonlyMap<string, InventoryItem> | null>(null)

/** Changes that come one upon the other are looked at together. */
const LOOK_MS = 150

/** Keeps `marks` as they stand while something is shown of them. Returns what ends it. */
export function followMarks(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = effect(() => {
    if (user.value === null || balances.value.size === 0) return
    clearTimeout(timer)
    timer = setTimeout(() => void loadMarks(), LOOK_MS)
  })
  return () => {
    clearTimeout(timer)
    stop()
  }
}

export async function loadMarks(): Promise<void> {
  const own = user.value
  if (own === null) return
  try {
    const { items } = await sdk.inventory.of(own.id)
    marks.value = new Map(items.map((item) => [item.asset, item]))
  } catch (error) {
    toastError(error)
  }
}

/** Locks, shows or frees an item; true when that was done. It is shown as done at once, and as it was when it is refused. */
export async function mark(asset: string, { locked, shown }: Pick<MarkItem, 'locked' | 'shown'>): Promise<boolean> {
  const before = marks.value?.get(asset)
  const wanted = { ...(locked !== undefined && { locked }), ...(shown !== undefined && { shown }) }
  if (before) note({ ...before, ...wanted })
  try {
    note((await sdk.inventory.mark(asset, wanted)).item)
    return true
  } catch (error) {
    if (before) note(before)
    toastError(error)
    return false
  }
}

function note(item: InventoryItem): void {
  marks.value = new Map(marks.value).set(item.asset, item)
}

/** Gives items away; true when they are the other's. */
export async function give(to: string, asset: string, count: number): Promise<boolean> {
  try {
    await sdk.inventory.transfer(to, asset, count)
    return true
  } catch (error) {
    toastError(error)
    return false
  }
}
