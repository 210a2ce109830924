import type { Look } from '../look.ts'
import { facet, path } from '../svg.ts'

/** A kite with a tail. */
export function kite(look: Look): string {
  const bow = (x: number, y: number, turn: number) =>
    `<path d="M0 0l-7-4v8zM0 0l7-4v8z" fill="${look.light}" transform="translate(${x} ${y}) rotate(${turn})"/>`
  return [
    path('M40 70Q30 80 42 86T30 98', 'none', `stroke="${look.light}" stroke-width="2"`),
    '<g transform="rotate(18 50 50)">',
    facet('50,0 50,34 20,34', look.shine) + facet('50,0 80,34 50,34', look.light),
    facet('20,34 50,34 50,80', look.base) + facet('80,34 50,34 50,80', look.dark),
    path('M50 0v80M20 34h60', 'none', `stroke="${look.deep}" stroke-width="1.600"`),
    facet('50,20 60,34 50,50 40,34', look.deep, 'opacity=".55"') + facet('50,25 56,34 50,43 44,34', look.shine),
    '</g>',
    bow(36, 79, 50) + bow(38, 90, -30),
  ].join('')
}
