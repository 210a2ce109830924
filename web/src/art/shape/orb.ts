import type { Look } from '../look.ts'
import { circle, radial } from '../svg.ts'

/** A glass sphere with something turning in it, and a ring around the rarer ones. */
export function orb(look: Look): string {
  const tilt = Math.round(look.random.between(-28, 28))
  const swirl = Math.round(look.random.between(0, 360))
  const ring = (half: string) =>
    `<path d="M6 52a44 13 0 0 ${half} 88 0" fill="none" stroke="${look.metal[0]}" stroke-width="3.200" transform="rotate(${tilt} 50 50)"/>`
  const ringed = look.level >= 1
  return [
    `<defs>${radial('o', [look.shine, look.light, look.base, look.dark, look.deep])}</defs>`,
    ringed ? ring('1') : '',
    circle([50, 50], 31, 'url(#o)'),
    `<g transform="rotate(${swirl} 50 50)" fill="none" stroke="${look.shine}" stroke-linecap="round" opacity=".5">`,
    '<path d="M50 28a22 22 0 0 1 20 30" stroke-width="2.500"/><path d="M33 58a18 18 0 0 0 27 7" stroke-width="2"/>',
    '<path d="M44 40a11 11 0 0 1 16 8" stroke-width="1.600"/></g>',
    `<ellipse cx="40" cy="35" rx="9" ry="6" fill="#fff" opacity=".6" transform="rotate(-32 40 35)"/>`,
    ringed
      ? ring('0')
      : `<path d="M30 84h40l-6-7H36z" fill="${look.metal[1]}"/><path d="M36 77h28l2 3H34z" fill="${look.metal[0]}"/>`,
  ].join('')
}
