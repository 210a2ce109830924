import type { Look } from '../look.ts'
import { circle, facet, linear } from '../svg.ts'

/** A paper packet with a folded top and a printed sign. */
export function packet(look: Look): string {
  const petals = [0, 60, 120, 180, 240, 300].map(
    (turn) => `<ellipse cx="50" cy="48" rx="5" ry="10" fill="${look.base}" transform="rotate(${turn} 50 58)"/>`,
  )
  return [
    `<defs>${linear('p', [look.light, look.base, look.dark])}</defs>`,
    '<g transform="rotate(-7 50 50)">',
    facet('22,24 78,24 80,92 20,92', 'url(#p)'),
    facet('22,24 78,24 79,34 21,34', look.dark),
    facet('20,10 80,10 78,26 22,26', look.shine),
    facet('50,10 80,10 78,26 50,26', look.light),
    circle([50, 58], 21, look.shine),
    petals.join(''),
    circle([50, 58], 6, look.deep),
    `<path d="M30 84h40" stroke="${look.shine}" stroke-width="3" stroke-dasharray="6 4"/>`,
    '</g>',
  ].join('')
}
