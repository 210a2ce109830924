import type { Look } from '../look.ts'
import { linear } from '../svg.ts'

/** An instrument to look through: three tubes, each wider, and a glass. */
export function spyglass(look: Look): string {
  const [light, mid, dark] = look.metal
  const ring = (x: number, half: number) =>
    `<rect x="${x}" y="${50 - half}" width="6" height="${half * 2}" rx="2" fill="${mid}"/><rect x="${x}" y="${50 - half}" width="6" height="${half * 0.7}" rx="2" fill="${light}"/>`
  return [
    `<defs>${linear('t', [look.shine, look.light, look.base, look.deep])}${linear('u', [light, mid, dark])}</defs>`,
    '<g transform="rotate(-38 50 50)">',
    '<rect x="2" y="41" width="28" height="18" fill="url(#u)"/><rect x="28" y="36" width="30" height="28" fill="url(#t)"/><rect x="56" y="30" width="34" height="40" fill="url(#t)"/>',
    ring(0, 11) + ring(26, 16) + ring(55, 22) + ring(86, 23),
    `<ellipse cx="93" cy="50" rx="5" ry="21" fill="${look.deep}"/><ellipse cx="94" cy="50" rx="3.500" ry="17" fill="${look.light}"/><ellipse cx="94" cy="43" rx="1.600" ry="7" fill="#fff" opacity=".8"/>`,
    '</g>',
  ].join('')
}
