import type { Look } from '../look.ts'
import { around, facet, polygon, type Point } from '../svg.ts'

/** A die: six faces with pips, or, for the better ones, twenty as facets. */
export function die(look: Look): string {
  return look.level >= 2 ? twenty(look) : six(look)
}

function six(look: Look): string {
  const pip = (x: number, y: number, fill: string, turn: number) =>
    `<ellipse cx="${x}" cy="${y}" rx="5" ry="4.400" fill="${fill}" transform="rotate(${turn} ${x} ${y})"/>`
  return [
    facet('50,12 86,32 50,52 14,32', look.light),
    facet('14,32 50,52 50,92 14,71', look.base),
    facet('86,32 50,52 50,92 86,71', look.dark),
    pip(34, 32, look.deep, 0) + pip(66, 32, look.deep, 0),
    pip(24, 48, look.shine, 28) + pip(32, 62, look.shine, 28) + pip(40, 76, look.shine, 28),
    pip(60, 58, look.light, -28) +
      pip(76, 49, look.light, -28) +
      pip(60, 77, look.light, -28) +
      pip(76, 70, look.light, -28),
  ].join('')
}

function twenty(look: Look): string {
  const rim = around([50, 50], 41, 6) as [Point, Point, Point, Point, Point, Point]
  const [a, b, c] = around([50, 50], 23, 3) as [Point, Point, Point]
  return [
    polygon([rim[0], rim[1], a], look.light),
    polygon([rim[1], b, a], look.base),
    polygon([rim[1], rim[2], b], look.dark),
    polygon([rim[2], rim[3], b], look.deep),
    polygon([b, rim[3], c], look.deep),
    polygon([rim[3], rim[4], c], look.dark),
    polygon([rim[4], rim[5], c], look.base),
    polygon([rim[5], a, c], look.light),
    polygon([rim[5], rim[0], a], look.shine),
    polygon([a, b, c], look.base, `stroke="${look.shine}" stroke-width="1"`),
    polygon([a, [50, 50], c], look.light, 'opacity=".5"'),
    `<path d="M45 46l6-4v18" fill="none" stroke="#fff" stroke-width="3.500" stroke-linecap="round" stroke-linejoin="round"/>`,
  ].join('')
}
