import type { Look } from '../look.ts'
import { facet } from '../svg.ts'

/** A key with a stone in its bow. */
export function key(look: Look): string {
  const [light, mid, dark] = look.metal
  const teeth = look.random.pick([
    [72, 82],
    [68, 76, 84],
    [70, 84],
  ])
  const bits = teeth.map(
    (y, i) => `<rect x="54" y="${y}" width="${i % 2 ? 10 : 15}" height="6" rx="1.500" fill="${i % 2 ? dark : mid}"/>`,
  )
  return [
    '<g transform="rotate(40 50 50)">',
    `<rect x="46" y="42" width="8" height="52" rx="2" fill="${mid}"/><rect x="46" y="42" width="3.500" height="52" rx="1.500" fill="${light}"/>`,
    bits.join(''),
    facet('50,2 72,26 50,50 28,26', mid) + facet('50,2 50,50 28,26', light) + facet('50,12 63,26 50,40 37,26', dark),
    facet('50,17 58,26 50,35 42,26', look.base) +
      facet('50,17 50,35 42,26', look.light) +
      facet('50,17 54,26 46,26', look.shine),
    `<rect x="42" y="47" width="16" height="6" rx="2" fill="${look.dark}"/><rect x="42" y="47" width="16" height="2.500" rx="1" fill="${look.light}"/>`,
    '</g>',
  ].join('')
}
