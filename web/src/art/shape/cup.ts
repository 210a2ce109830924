import type { Look } from '../look.ts'
import { facet, linear, path } from '../svg.ts'

/** A goblet on a stem, or, without one, a plain pot. */
export function cup(look: Look): string {
  const [light, mid, dark] = look.metal
  const shades = `<defs>${linear('c', [look.light, look.base, look.dark], false)}${linear('s', [light, mid, dark], false)}</defs>`
  const mouth = `<ellipse cx="50" cy="22" rx="32" ry="8" fill="${look.shine}"/><ellipse cx="50" cy="23" rx="26" ry="5.500" fill="${look.deep}"/>`
  const shine = path(
    'M28 30q0 14 6 22',
    'none',
    'stroke="#fff" stroke-width="3.500" stroke-linecap="round" opacity=".5"',
  )
  if (look.level < 2) {
    const bands = path('M22 36q28 9 56 0v7q-28 9-56 0z', look.dark) + path('M26 70q24 8 48 0v5q-24 8-48 0z', look.dark)
    return shades + path('M18 22l9 62q23 9 46 0l9-62z', 'url(#c)') + bands + mouth + shine
  }
  return [
    shades,
    path('M18 22q0 36 26 40v14q-16 2-18 12h48q-2-10-18-12V62q26-4 26-40z', 'url(#s)'),
    path('M18 26q0 32 32 36 32-4 32-36v10q-32 12-64 0z', 'url(#c)'),
    facet('50,36 58,46 50,56 42,46', look.light) + facet('50,36 50,56 42,46', look.shine),
    mouth,
    shine,
  ].join('')
}
