import type { Look } from '../look.ts'
import { linear, path } from '../svg.ts'

const outline = 'M50 8C68 8 82 38 82 60A32 32 0 0 1 18 60C18 38 32 8 50 8z'

/** An egg with scales. */
export function egg(look: Look): string {
  const scales = [26, 40, 54, 68, 82].flatMap((y, row) =>
    Array.from({ length: 6 }, (_, i) => {
      const x = 8 + i * 16 + (row % 2) * 8
      return path(`M${x - 8} ${y}q8 14 16 0q-8-4-16 0z`, (i + row) % 2 ? look.base : look.dark, 'opacity=".8"')
    }),
  )
  return [
    `<defs>${linear('e', [look.shine, look.light, look.base, look.deep])}<clipPath id="k"><path d="${outline}"/></clipPath></defs>`,
    path(outline, 'url(#e)'),
    `<g clip-path="url(#k)">${scales.join('')}<path d="M64 0q30 50-10 100h50V0z" fill="${look.deep}" opacity=".35"/></g>`,
    path('M34 28q-7 12-8 26', 'none', 'stroke="#fff" stroke-width="5" stroke-linecap="round" opacity=".6"'),
  ].join('')
}
