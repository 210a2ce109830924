import type { Look } from '../look.ts'
import { circle, facet, linear, path } from '../svg.ts'

/** A small statue on a plinth, in a hat or with ears. */
export function figure(look: Look): string {
  const hat = look.random.pick([
    facet('50,2 66,30 34,30', look.base) + facet('50,2 50,30 34,30', look.light),
    path('M35 30V14q15-10 30 0v16z', look.base) + path('M31 26h38v5H31z', look.dark),
    path('M34 32Q28 12 34 8q8 4 10 14zM66 32q6-20 0-24-8 4-10 14z', look.base),
  ])
  return [
    `<defs>${linear('f', [look.light, look.base, look.dark], false)}</defs>`,
    path('M50 42q22 4 24 40H26q2-36 24-40z', 'url(#f)'),
    path('M50 46q-6 16-4 36', 'none', `stroke="${look.deep}" stroke-width="2" opacity=".5"`),
    path('M32 62q18 10 36 0l1 6q-19 9-38 0z', look.deep, 'opacity=".7"'),
    circle([50, 36], 15, look.shine),
    path('M50 21a15 15 0 0 1 0 30z', look.light),
    circle([44, 36], 2.2, look.deep) + circle([56, 36], 2.2, look.deep),
    hat,
    facet('20,82 80,82 84,94 16,94', look.metal[2]) + facet('20,82 80,82 81,85 19,85', look.metal[0]),
  ].join('')
}
