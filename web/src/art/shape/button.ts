import type { Look } from '../look.ts'
import { circle, linear } from '../svg.ts'

/** A button with four holes and a raised rim. */
export function button(look: Look): string {
  const holes = [
    [42, 42],
    [58, 42],
    [42, 58],
    [58, 58],
  ] as const
  return [
    `<defs>${linear('b', [look.shine, look.base, look.dark])}${linear('c', [look.dark, look.base, look.light])}</defs>`,
    circle([50, 54], 38, look.deep),
    circle([50, 50], 38, 'url(#b)'),
    circle([50, 50], 28, 'url(#c)'),
    circle([50, 51], 26, look.base),
    holes.map((at) => circle(at, 5, look.deep)).join(''),
    `<path d="M42 42L58 58M58 42L42 58" stroke="${look.shine}" stroke-width="3" opacity=".85"/>`,
    `<path d="M20 38A32 32 0 0 1 44 18" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" opacity=".5"/>`,
  ].join('')
}
