import type { Look } from '../look.ts'
import { circle, facet, linear } from '../svg.ts'

/** A seat for somebody important. */
export function throne(look: Look): string {
  const [light, mid, dark] = look.metal
  return [
    `<defs>${linear('t', [light, mid, dark])}${linear('v', [look.light, look.base, look.dark])}</defs>`,
    facet('26,22 38,12 50,2 62,12 74,22 72,66 28,66', 'url(#t)'),
    facet('34,26 50,12 66,26 64,62 36,62', 'url(#v)') + facet('34,26 50,12 50,62 36,62', look.shine, 'opacity=".2"'),
    circle([50, 22], 5, look.shine) + circle([50, 22], 3, look.deep),
    facet('22,58 78,58 84,74 16,74', look.light) + facet('16,74 84,74 84,80 16,80', look.dark),
    facet('12,44 26,44 26,80 12,80', 'url(#t)') + facet('74,44 88,44 88,80 74,80', 'url(#t)'),
    facet('10,40 28,40 28,47 10,47', light) + facet('72,40 90,40 90,47 72,47', mid),
    facet('14,80 26,80 24,96 14,96', dark) +
      facet('74,80 86,80 86,96 76,96', dark) +
      facet('26,80 74,80 70,86 30,86', look.deep),
  ].join('')
}
