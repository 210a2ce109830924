import type { Look } from '../look.ts'
import { facet, path } from '../svg.ts'

/** A hand tool: a pointed leaf of metal on a turned handle. */
export function trowel(look: Look): string {
  const [light, mid, dark] = look.metal
  return [
    '<g transform="rotate(42 50 50)">',
    path('M50 96C36 84 32 66 34 48L50 44z', look.light) + path('M50 96C64 84 68 66 66 48L50 44z', look.dark),
    facet('50,48 52,90 48,90', look.shine),
    path('M47 46V30h6v16z', mid),
    path('M43 30q-2-14 1-32h12q3 18 1 32z', dark) + path('M43 30q-2-14 1-32h4l-1 32z', light, 'opacity=".5"'),
    `<rect x="42" y="26" width="16" height="6" rx="2" fill="${mid}"/>`,
    '</g>',
  ].join('')
}
