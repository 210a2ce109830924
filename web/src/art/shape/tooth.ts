import type { Look } from '../look.ts'
import { linear, path } from '../svg.ts'

/** A long curved tooth, capped in metal. */
export function tooth(look: Look): string {
  const [light, mid, dark] = look.metal
  return [
    `<defs>${linear('t', [look.shine, look.light, look.base, look.dark])}</defs>`,
    path('M22 26C24 62 48 88 90 94C66 76 58 52 60 20z', 'url(#t)'),
    path('M46 24C44 54 58 78 90 94C66 76 58 52 60 20z', look.deep, 'opacity=".35"'),
    path('M30 34q4 26 20 40', 'none', 'stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".6"'),
    path('M16 30l2-16 46-6 2 16q-24 12-50 6z', mid),
    path('M18 14l46-6 .500 5-47 6z', light),
    path('M41 2a9 9 0 1 1-.1 0z', 'none', `stroke="${dark}" stroke-width="4"`),
  ].join('')
}
