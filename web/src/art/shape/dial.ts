import type { Look } from '../look.ts'
import { around, circle, facet, linear } from '../svg.ts'

/** A round instrument with a needle: a watch, a compass, a sundial. */
export function dial(look: Look): string {
  const [light, mid, dark] = look.metal
  const turn = Math.round(look.random.between(-60, 60))
  const ticks = around([50, 54], 25, 12).map((at, i) => circle(at, i % 3 ? 1.1 : 2.1, look.dark))
  return [
    `<defs>${linear('m', [light, mid, dark])}${linear('f', [look.shine, look.light])}</defs>`,
    `<path d="M50 18a8 8 0 1 1 .1 0" fill="none" stroke="${mid}" stroke-width="3.500"/><rect x="45" y="14" width="10" height="8" rx="2" fill="${dark}"/>`,
    circle([50, 54], 38, 'url(#m)'),
    circle([50, 54], 31, look.deep),
    circle([50, 54], 29, 'url(#f)'),
    ticks.join(''),
    `<g transform="rotate(${turn} 50 54)">${facet('50,32 55,54 45,54', look.base)}${facet('50,32 50,54 45,54', look.dark)}${facet('50,76 55,54 45,54', look.metal[1])}</g>`,
    circle([50, 54], 3.4, look.deep),
    `<path d="M26 46A26 26 0 0 1 44 30" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" opacity=".75"/>`,
  ].join('')
}
