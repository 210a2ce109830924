import type { Look } from '../look.ts'
import { polygon, type Point } from '../svg.ts'

/** A cluster of three to five pointed crystals, the tallest in front. */
export function crystal(look: Look): string {
  const count = 3 + Math.min(2, Math.floor(look.level / 2))
  const places = [50, 30, 70, 18, 82].slice(0, count)
  const shards = places.map((x, i) => {
    const height = i === 0 ? 66 : look.random.between(30, 48) - (i > 2 ? 8 : 0)
    return shard(look, x, height, (x - 50) * 0.42, i === 0 ? 13 : 9)
  })
  return shards.toReversed().join('')
}

function shard(look: Look, x: number, height: number, lean: number, half: number): string {
  const foot = 84
  const top = foot - height
  const tip: Point = [x + lean, top]
  const shoulder = top + height * 0.24
  const at = (dx: number, y: number): Point => [x + dx + (lean * (foot - y)) / height, y]
  return [
    polygon(
      [tip, at(-half, shoulder), at(-half * 0.7, foot), at(-half * 0.1, foot), at(-half * 0.2, shoulder + 5)],
      look.light,
    ),
    polygon(
      [tip, at(-half * 0.2, shoulder + 5), at(-half * 0.1, foot), at(half * 0.75, foot), at(half, shoulder)],
      look.dark,
    ),
    polygon([tip, at(-half * 0.2, shoulder + 5), at(half, shoulder)], look.base),
    polygon([tip, at(-half, shoulder), at(-half * 0.2, shoulder + 5)], look.shine),
  ].join('')
}
