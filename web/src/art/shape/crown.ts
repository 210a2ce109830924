import type { Look } from '../look.ts'
import { circle, linear, path, polygon } from '../svg.ts'

/** A crown of three or five points with a stone in each. */
export function crown(look: Look): string {
  const five = look.level >= 2 || look.random.next() < 0.5
  const [light, mid, dark] = look.metal
  const tips = five ? [14, 32, 50, 68, 86] : [16, 50, 84]
  const heights = five ? [40, 30, 22, 30, 40] : [34, 22, 34]
  const step = (tips[1]! - tips[0]!) / 2
  const outline = tips.flatMap((x, i) => [
    [x, heights[i]!] as const,
    ...(i < tips.length - 1 ? [[x + step, 56] as const] : []),
  ])
  return [
    `<defs>${linear('c', [light, mid, dark])}</defs>`,
    path('M20 66q30-10 60 0v6q-30-10-60 0z', look.deep),
    polygon([...outline, [82, 74], [18, 74]], 'url(#c)'),
    polygon([...outline.slice(0, Math.ceil(outline.length / 2)), [50, 74], [18, 74]], light, 'opacity=".28"'),
    `<rect x="17" y="72" width="66" height="12" rx="3" fill="${mid}"/><rect x="17" y="72" width="66" height="4" rx="2" fill="${light}"/>`,
    tips
      .map((x, i) => circle([x, heights[i]! - 1], 4.4, look.base) + circle([x - 1, heights[i]! - 2.4], 1.5, look.shine))
      .join(''),
    [32, 50, 68]
      .map((x) =>
        polygon(
          [
            [x, 73.5],
            [x + 4, 78],
            [x, 82.5],
            [x - 4, 78],
          ],
          look.base,
        ),
      )
      .join(''),
    [32, 50, 68]
      .map((x) =>
        polygon(
          [
            [x, 73.5],
            [x, 82.5],
            [x - 4, 78],
          ],
          look.light,
        ),
      )
      .join(''),
  ].join('')
}
