import type { Look } from '../look.ts'
import { around, circle, facet, polygon, radial } from '../svg.ts'

/** An amulet: a toothed disc on a chain, with an eye of light in the middle. */
export function relic(look: Look): string {
  const [light, mid, dark] = look.metal
  const rays = 6 + look.level * 2
  const outer = around([50, 56], 34, rays)
  const notch = around([50, 56], 25, rays, Math.PI / rays)
  return [
    `<defs>${radial('r', [look.shine, look.light, look.base, look.deep], 'cx="45%" cy="40%" r="65%"')}</defs>`,
    `<path d="M20 2Q50 34 80 2" fill="none" stroke="${dark}" stroke-width="4"/><path d="M20 2Q50 34 80 2" fill="none" stroke="${light}" stroke-width="1.800" stroke-dasharray="3 3"/>`,
    outer
      .map(
        (tip, i) =>
          polygon([tip, notch[i]!, [50, 56]], dark) + polygon([tip, notch[(i + rays - 1) % rays]!, [50, 56]], light),
      )
      .join(''),
    circle([50, 56], 24, mid),
    circle([50, 56], 24, 'none', `stroke="${light}" stroke-width="1.500"`),
    circle([50, 56], 18, dark),
    circle([50, 56], 16, 'url(#r)'),
    facet('50,43 54,56 50,69 46,56', look.deep, 'opacity=".7"'),
    circle([45, 50], 3, '#fff', 'opacity=".8"'),
  ].join('')
}
