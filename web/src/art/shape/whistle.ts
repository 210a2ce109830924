import type { Look } from '../look.ts'
import { circle, facet, linear, path } from '../svg.ts'

/** A whistle on its ring. */
export function whistle(look: Look): string {
  return [
    `<defs>${linear('w', [look.shine, look.light, look.base, look.dark])}</defs>`,
    path('M78 62a9 9 0 1 1 .1 0', 'none', `stroke="${look.metal[1]}" stroke-width="4"`),
    path('M4 26h62a28 28 0 1 1-26 38L34 46H4z', 'url(#w)'),
    facet('4,26 60,26 58,32 4,32', '#fff', 'opacity=".45"'),
    facet('34,26 50,26 44,42 36,42', look.deep),
    circle([64, 56], 15, look.dark) + circle([64, 57], 13, look.base) + circle([60, 52], 5, look.shine),
  ].join('')
}
