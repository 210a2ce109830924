import type { Look } from '../look.ts'
import { linear, path } from '../svg.ts'

/** A vessel with a spout and a handle: a teapot, a watering can. */
export function pot(look: Look): string {
  return [
    `<defs>${linear('p', [look.shine, look.light, look.base, look.dark])}</defs>`,
    path('M72 44q22-6 22 14t-22 18', 'none', `stroke="${look.dark}" stroke-width="7"`),
    path('M28 70Q12 60 10 34l-6-4 4-5 14 2q0 22 12 30z', look.base),
    path('M24 44q4-10 26-10t26 10q8 26-6 42H30Q16 70 24 44z', 'url(#p)'),
    path('M30 40q2-16 20-16t20 16q-20 7-40 0z', look.base),
    path('M30 40q20 7 40 0l1 4q-21 8-42 0z', look.dark),
    `<circle cx="50" cy="20" r="6" fill="${look.light}"/><circle cx="48" cy="18" r="2" fill="#fff" opacity=".8"/>`,
    path('M33 54q-4 12 0 22', 'none', 'stroke="#fff" stroke-width="4.500" stroke-linecap="round" opacity=".55"'),
    path('M30 86h40l3 5H27z', look.deep),
  ].join('')
}
