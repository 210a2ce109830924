import type { Look } from '../look.ts'
import { circle, linear } from '../svg.ts'

/** A toothed wheel; the better ones carry a smaller one. */
export function cog(look: Look): string {
  const wheel = (x: number, y: number, scale: number, turn: number) => {
    const teeth = [0, 45, 90, 135].map(
      (each) => `<rect x="-9" y="-40" width="18" height="80" rx="3" transform="rotate(${each})"/>`,
    )
    return [
      `<g transform="translate(${x} ${y}) rotate(${turn}) scale(${scale})">`,
      `<g fill="${look.deep}" transform="translate(0 4)">${teeth.join('')}</g><g fill="url(#c)">${teeth.join('')}</g>`,
      circle([0, 0], 30, 'url(#c)') + circle([0, 0], 22, look.dark) + circle([0, 1], 20, look.base),
      circle([0, 0], 9, look.deep) +
        `<path d="M0-20V20M-20 0H20" stroke="${look.dark}" stroke-width="5"/>` +
        circle([0, 0], 7, look.shine),
      '</g>',
    ].join('')
  }
  const turn = Math.round(look.random.between(0, 40))
  const shades = `<defs>${linear('c', [look.shine, look.light, look.base, look.dark])}</defs>`
  return look.level < 2
    ? shades + wheel(50, 50, 1, turn)
    : shades + wheel(40, 42, 0.86, turn) + wheel(74, 76, 0.52, turn + 20)
}
