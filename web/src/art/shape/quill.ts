import type { Look } from '../look.ts'
import { linear, path } from '../svg.ts'

/** A feather cut to write with. */
export function quill(look: Look): string {
  return [
    `<defs>${linear('q', [look.shine, look.light, look.base])}${linear('r', [look.base, look.dark, look.deep])}</defs>`,
    path('M92 4C60 6 34 24 24 60l8-2-4 10 10-6C66 54 88 34 92 4z', 'url(#r)'),
    path('M92 4C62 8 36 26 24 60l8-2C44 38 62 20 92 4z', 'url(#q)'),
    path('M92 4Q46 34 14 96', 'none', `stroke="${look.metal[0]}" stroke-width="2.600" stroke-linecap="round"`),
    path('M22 80l-8 16 3-13z', look.metal[2]),
    path('M40 44l-6 16M52 33l-4 22M66 21l-4 22', 'none', `stroke="${look.deep}" stroke-width="1.600" opacity=".5"`),
  ].join('')
}
