import type { Look } from '../look.ts'
import { linear, path } from '../svg.ts'

/** An acorn or a bulb: smooth below, a scaled cap above. */
export function acorn(look: Look): string {
  const nubs = [
    [30, 36],
    [44, 40],
    [58, 40],
    [72, 36],
    [37, 27],
    [51, 30],
    [65, 27],
  ]
  return [
    `<defs>${linear('a', [look.shine, look.light, look.base, look.dark], false)}</defs>`,
    path('M20 44q0 40 30 50 30-10 30-50z', 'url(#a)'),
    path('M34 52q0 20 8 28', 'none', 'stroke="#fff" stroke-width="4.500" stroke-linecap="round" opacity=".6"'),
    path('M14 42q2-28 36-28t36 28q-36 14-72 0z', look.dark),
    nubs.map(([x, y]) => `<ellipse cx="${x}" cy="${y}" rx="6.500" ry="4.500" fill="${look.base}"/>`).join(''),
    path('M47 16q-2-10 6-14l3 4q-4 3-2 10z', look.deep),
  ].join('')
}
