import type { Look } from '../look.ts'
import { circle, facet, radial } from '../svg.ts'

/** A clipped little tree in a pot. */
export function tree(look: Look): string {
  const ball = (y: number, r: number) => circle([50, y], r, 'url(#t)')
  const leaves = Array.from({ length: 16 }, () => {
    const x = look.random.between(32, 68)
    return circle([x, look.random.between(10, 58)], look.random.between(1.5, 3), look.shine, 'opacity=".5"')
  })
  return [
    `<defs>${radial('t', [look.shine, look.light, look.base, look.dark])}</defs>`,
    `<rect x="46.500" y="40" width="7" height="36" fill="${look.metal[2]}"/>`,
    ball(48, 22) + ball(20, 16) + leaves.join(''),
    facet('28,70 72,70 66,94 34,94', look.metal[1]) + facet('28,70 46,70 44,94 34,94', look.metal[0]),
    facet('25,66 75,66 74,73 26,73', look.metal[2]),
  ].join('')
}
