import { ReelFace } from '../battle/reel.tsx'
import { itemOf, type Item } from '../state/catalog.ts'
import { LAND_MS, stage } from '../state/opening.ts'

/** A reel for each box of one go. They spin without knowing what will come, and aim once it is told. */
export function OpeningReels({ box, count }: { box: string; count: number }) {
  const { type, turn, opened } = stage.value
  const drops = opened?.drops ?? []
  const reels = type === 'land' || type === 'show' ? drops.length : count
  const now = { type, round: turn, land_ms: LAND_MS }
  return (
    <div class="opening-reels" data-testid="opening-stage" data-stage={type} data-many={reels > 5}>
      {Array.from({ length: reels }, (_, i) => {
        const drop = drops[i]
        const item: Item | null = drop ? { ...itemOf(drop.sku), value: BigInt(drop.value) } : null
        const shown = type === 'show' ? item : null
        return (
          <div key={i} class={`reel ${type} ${shown?.rarity ?? ''}`}>
            <ReelFace box={box} stage={now} seat={i} item={item} />
          </div>
        )
      })}
    </div>
  )
}
