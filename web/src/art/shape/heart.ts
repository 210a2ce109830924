import type { Look } from '../look.ts'
import { facet } from '../svg.ts'

/** A stone cut to a heart. */
export function heart(look: Look): string {
  return [
    facet('50,30 36,16 20,18 24,40', look.shine) +
      facet('20,18 8,34 24,40', look.light) +
      facet('8,34 12,54 24,40', look.base),
    facet('12,54 50,92 24,40', look.light) + facet('24,40 50,30 50,92', look.base),
    facet('50,30 64,16 80,18 76,40', look.light) +
      facet('80,18 92,34 76,40', look.base) +
      facet('92,34 88,54 76,40', look.dark),
    facet('88,54 50,92 76,40', look.deep) + facet('76,40 50,30 50,92', look.dark),
    facet('36,16 20,18 28,26', '#fff', 'opacity=".7"'),
  ].join('')
}
