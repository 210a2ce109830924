import type { Look } from '../look.ts'
import { circle, facet, path } from '../svg.ts'

/** A small vehicle: wheels for one, runners for another. */
export function rover(look: Look): string {
  const [light, mid, dark] = look.metal
  const wheel = (x: number) => circle([x, 76], 14, look.deep) + circle([x, 76], 9, mid) + circle([x, 76], 4, light)
  const runners =
    path('M6 70q0 20 16 20h66', 'none', `stroke="${mid}" stroke-width="5" stroke-linecap="round"`) +
    path('M28 68v20M70 68v20', 'none', `stroke="${dark}" stroke-width="4"`)
  return [
    look.level >= 3 ? runners : '',
    facet('12,50 88,50 80,70 20,70', look.base) + facet('12,50 88,50 86,55 14,55', look.shine),
    facet('24,50 34,28 70,28 78,50', look.dark) +
      facet('30,48 37,32 50,32 50,48', look.shine) +
      facet('54,48 54,32 67,32 72,48', look.light),
    path('M74 30V10', 'none', `stroke="${mid}" stroke-width="3"`) + path('M62 8q12 10 24 0l-4-4H66z', light),
    look.level >= 3 ? '' : wheel(26) + wheel(74),
  ].join('')
}
