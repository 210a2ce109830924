import type { Look } from '../look.ts'
import { facet, linear, path } from '../svg.ts'

/** A mask with hollow eyes. */
export function mask(look: Look): string {
  return [
    `<defs>${linear('m', [look.shine, look.light, look.base])}${linear('n', [look.light, look.base, look.dark])}</defs>`,
    path('M50 12q34 0 36 20 0 40-36 62z', 'url(#n)'),
    path('M50 12Q16 12 14 32q0 40 36 62z', 'url(#m)'),
    path('M24 40q12-8 20 4-8 10-20-4zM76 40q-12-8-20 4 8 10 20-4z', look.deep),
    path('M47 48l3 16 3-16z', look.dark),
    path('M36 72q14 8 28 0-14 16-28 0z', look.deep),
    path('M22 30q12-8 24 0M78 30q-12-8-24 0', 'none', `stroke="${look.dark}" stroke-width="3" stroke-linecap="round"`),
    facet('50,14 56,23 50,32 44,23', look.dark) + facet('50,17 53.5,23 50,29 46.5,23', look.shine),
  ].join('')
}
