import { computed, signal } from '@preact/signals'
import type { Rarity } from '../../../schema/box.ts'
import type { BoxItems, BoxSummary } from '../../../schema/http.ts'
import { sdk } from '../sdk.ts'
import { toastError } from './toast.ts'

export type Item = Readonly<{ sku: string; name: string; rarity: Rarity; value: bigint }>

/** The boxes one can open, cheapest first. Null until loaded. */
export const boxes = signal<readonly BoxSummary[] | null>(null)
/** Those that battles are fought over: with play credits. */
export const playBoxes = computed(() => boxes.value?.filter(({ asset }) => asset.startsWith('play:')) ?? null)
/** What lies in each box, as far as it was asked for. */
export const contents = signal<ReadonlyMap<string, BoxItems>>(new Map())

const asked = new Set<string>()

/** Every item of every known box by its sku; of one in several boxes, as it is in the cheapest: so the house buys it back. */
export const items = computed(() => {
  const found = new Map<string, Item>()
  for (const box of [...contents.value.values()].toSorted((a, b) => Number(BigInt(a.price) - BigInt(b.price)))) {
    for (const { sku, name, rarity, value } of box.prizes) {
      if (!found.has(sku)) found.set(sku, { sku, name, rarity, value: BigInt(value) })
    }
  }
  return found
})

export async function startCatalog(): Promise<void> {
  try {
    const catalog = await sdk.boxes.catalog()
    boxes.value = catalog.toSorted((a, b) => Number(BigInt(a.price) - BigInt(b.price)))
    await Promise.all(catalog.map((box) => loadContents(box.id)))
  } catch (error) {
    toastError(error)
    setTimeout(() => void startCatalog(), 3_000)
  }
}

/** Loads a box's prizes once, or anew where they are limited and so change; a failure may be tried again. */
export async function loadContents(id: string): Promise<void> {
  const isLimited = contents
    .peek()
    .get(id)
    ?.prizes.some(({ left }) => left !== undefined)
  if (asked.has(id) && !isLimited) return
  asked.add(id)
  try {
    const box = await sdk.boxes.items(id)
    contents.value = new Map(contents.value).set(id, box)
  } catch (error) {
    asked.delete(id)
    throw error
  }
}

/** Loads a box's prizes although they are known: another version is on offer. */
export function loadContentsAnew(id: string): Promise<void> {
  asked.delete(id)
  return loadContents(id)
}

export function boxName(id: string): string {
  return boxes.value?.find((box) => box.id === id)?.name ?? contents.value.get(id)?.name ?? id
}

/** The item of a sku; one that is no longer in any box still gets a readable name. */
export function itemOf(sku: string): Item {
  return items.value.get(sku) ?? { sku, name: readable(sku), rarity: 'common', value: 0n }
}

function readable(sku: string): string {
  const words = sku.replaceAll(/[-_/.]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
