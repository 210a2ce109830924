import type { Look } from '../look.ts'
import { around, polygon, type Point } from '../svg.ts'

/** A cut stone: a table, a crown of facets around it, and a pavilion for the ones seen from the side. */
export function gem(look: Look): string {
  return look.random.next() < 0.5 ? fromAbove(look) : fromTheSide(look)
}

function fromAbove(look: Look): string {
  const count = look.random.pick([6, 8])
  const stretch = look.random.pick([0.82, 1, 1])
  const turn = Math.PI / count
  const squeeze = ([x, y]: Point): Point => [50 + (x - 50) * stretch, y]
  const rim = around([50, 50], 38, count, turn).map(squeeze)
  const table = around([50, 50], 20, count, turn).map(squeeze)
  const tones = [look.light, look.shine, look.light, look.base, look.dark, look.deep, look.dark, look.base]
  const facets = rim.map((point, i) => {
    const after = (i + 1) % count
    const tone = tones[Math.floor((i / count) * tones.length)]!
    return polygon([point, rim[after]!, table[after]!, table[i]!], tone)
  })
  const glint = polygon([table[0]!, table[1]!, table[Math.floor(count / 2)]!], look.shine, 'opacity=".55"')
  return (
    facets.join('') +
    polygon(table, look.base) +
    glint +
    polygon(rim, 'none', `stroke="${look.shine}" stroke-opacity=".5"`)
  )
}

function fromTheSide(look: Look): string {
  const top = look.random.between(24, 30)
  const girdle = look.random.between(40, 45)
  const crown: Point[] = [
    [30, top],
    [50, top],
    [70, top],
  ]
  const belt: Point[] = [
    [12, girdle],
    [36, girdle],
    [64, girdle],
    [88, girdle],
  ]
  const tip: Point = [50, 86]
  return [
    polygon([crown[0]!, belt[0]!, belt[1]!], look.base),
    polygon([crown[0]!, crown[1]!, belt[1]!], look.shine),
    polygon([crown[1]!, belt[1]!, belt[2]!], look.light),
    polygon([crown[1]!, crown[2]!, belt[2]!], look.light),
    polygon([crown[2]!, belt[2]!, belt[3]!], look.dark),
    polygon([belt[0]!, belt[1]!, tip], look.light),
    polygon([belt[1]!, belt[2]!, tip], look.base),
    polygon([belt[2]!, belt[3]!, tip], look.deep),
    polygon([belt[0]!, crown[0]!, crown[2]!, belt[3]!, tip], 'none', `stroke="${look.shine}" stroke-opacity=".45"`),
  ].join('')
}
