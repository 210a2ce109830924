import type { Look } from '../look.ts'
import { around, path, facet, polygon } from '../svg.ts'

const outline = 'M50 10C60 17 72 20 84 20C86 52 78 76 50 92C22 76 14 52 16 20C28 20 40 17 50 10z'
const left = 'M50 10C40 17 28 20 16 20C14 52 22 76 50 92z'
const inner = 'M50 20C58 25 67 28 76 28.500C77 54 70 71 50 83C30 71 23 54 24 28.500C33 28 42 25 50 20z'
const innerLeft = 'M50 20C42 25 33 28 24 28.500C23 54 30 71 50 83z'

/** A heater shield, light on one side, with a star, a bar or a chevron. */
export function shield(look: Look): string {
  const [light, mid, dark] = look.metal
  const device = look.random.pick(['star', 'bar', 'chevron'] as const)
  return [
    path(outline, mid),
    path(left, light),
    path(outline, 'none', `stroke="${dark}" stroke-width="1.500"`),
    path(inner, look.dark),
    path(innerLeft, look.base),
    device === 'star' ? star(look) : '',
    device === 'bar' ? path('M44 22.500h12v57L50 83l-6-3.500z', look.light, 'opacity=".9"') : '',
    device === 'chevron' ? facet('50,38 74,58 72,66 50,50 28,66 26,58', look.light) : '',
  ].join('')
}

function star(look: Look): string {
  const outer = around([50, 50], 18, 5)
  const notch = around([50, 50], 7.5, 5, Math.PI / 5)
  const halves = outer.map((tip, i) => {
    const before = notch[(i + 4) % 5]!
    return polygon([tip, notch[i]!, [50, 50]], look.light) + polygon([tip, before, [50, 50]], look.shine)
  })
  return halves.join('')
}
