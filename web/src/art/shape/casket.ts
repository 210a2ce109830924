import type { Look } from '../look.ts'
import { facet, path } from '../svg.ts'

/** A small box with a clasp. */
export function casket(look: Look): string {
  const [light, mid] = look.metal
  return [
    facet('50,20 90,38 50,58 10,38', look.light) + facet('50,26 78,38 50,52 22,38', look.base),
    facet('10,38 50,58 50,92 10,70', look.base) + facet('90,38 50,58 50,92 90,70', look.dark),
    path('M10 48L50 68l40-20v4L50 73 10 52z', look.deep, 'opacity=".7"'),
    path('M10 38L50 58l40-20', 'none', `stroke="${look.shine}" stroke-width="2"`),
    facet('44,58 50,61 56,58 56,72 50,75 44,72', mid) + facet('44,58 50,61 50,75 44,72', light),
    facet('50,30 60,38 50,46 40,38', look.shine, 'opacity=".8"'),
    facet('16,56 24,60 24,74 16,70', look.light, 'opacity=".5"') +
      facet('84,56 76,60 76,74 84,70', look.base, 'opacity=".6"'),
  ].join('')
}
