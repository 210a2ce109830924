import type { BoxItems } from '../../../schema/http.ts'
import { randomFrom } from '../art/random.ts'
import type { Item } from '../state/catalog.ts'
import { RING } from './reel-motion.ts'

/** Items for a reel's ring, at the box's true odds. Decoration: what is drawn is decided elsewhere. */
export function fillRing(box: BoxItems, seed: string): readonly Item[] {
  const random = randomFrom(`${box.id} ${seed}`)
  return Array.from({ length: RING }, () => pick(box, random.next()))
}

/** The next round's ring, in which what is in the window right now (around slot `middle`) stays until it has moved out. */
export function refill(before: readonly Item[], next: readonly Item[], middle: number): readonly Item[] {
  if (before.length === 0) return next
  return next.map((item, i) => {
    const away = (((i - middle) % RING) + RING) % RING
    return Math.min(away, RING - away) <= 2 ? before[i]! : item
  })
}

function pick(box: BoxItems, at: number): Item {
  let passed = 0
  const prize = box.prizes.find(({ chance }) => (passed += chance) > at) ?? box.prizes[0]!
  return { sku: prize.sku, name: prize.name, rarity: prize.rarity, value: BigInt(prize.value) }
}
