import type { Look } from '../look.ts'
import { around, circle, linear, polygon } from '../svg.ts'

/** A thick coin with a milled edge and a struck sign. */
export function coin(look: Look): string {
  const sides = look.random.pick([3, 4, 5, 6])
  const ticks = around([50, 48], 33.5, 28).map((point) => circle(point, 1.2, look.dark))
  const sign = around([50, 48], 16, sides)
  const core = around([50, 48], 7.5, sides, Math.PI / sides)
  return [
    `<defs>${linear('k', [look.shine, look.base, look.dark], false)}${linear('e', [look.dark, look.light, look.deep], false)}</defs>`,
    circle([50, 55], 39, look.deep),
    circle([50, 53], 39, 'url(#e)'),
    circle([50, 48], 39, 'url(#k)'),
    circle([50, 48], 30, look.dark),
    circle([50, 49.5], 29, look.base),
    ticks.join(''),
    sign
      .map((tip, i) =>
        polygon([tip, core[i]!, [50, 48], core[(i + sides - 1) % sides]!], i % 2 ? look.light : look.shine),
      )
      .join(''),
    `<path d="M22 34A32 32 0 0 1 48 14" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" opacity=".5"/>`,
  ].join('')
}
