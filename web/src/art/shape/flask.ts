import type { Look } from '../look.ts'
import { circle, linear, path } from '../svg.ts'

/** A stoppered flask, round or conical, with something bright in it. */
export function flask(look: Look): string {
  const round = look.random.next() < 0.5
  const body = round ? 'M42 30v14a25 25 0 1 0 16 0V30z' : 'M42 28v18L22 82q-2 8 6 8h44q8 0 6-8L58 46V28z'
  const liquid = round
    ? 'M26.500 62a24 24 0 1 0 47 0q-12-6-23.500 0t-23.500 0z'
    : 'M33 66L25 82q-1 5 4 5h42q5 0 4-5l-8-16q-9-5-17 0t-17 0z'
  const bubbles = Array.from({ length: 3 + look.level }, () =>
    circle(
      [look.random.between(36, 64), look.random.between(68, 82)],
      look.random.between(1, 2.8),
      look.shine,
      'opacity=".75"',
    ),
  )
  return [
    `<defs>${linear('f', [look.light, look.base, look.dark])}</defs>`,
    path(body, look.deep, `opacity=".55"`),
    path(liquid, 'url(#f)'),
    bubbles.join(''),
    path(body, 'none', `stroke="${look.shine}" stroke-width="2.200" stroke-opacity=".8"`),
    path(
      round ? 'M33 60a19 19 0 0 1 8-10' : 'M42 52l-8 14',
      'none',
      'stroke="#fff" stroke-width="3" stroke-linecap="round" opacity=".55"',
    ),
    `<rect x="38" y="25" width="24" height="7" rx="3" fill="${look.metal[1]}"/><rect x="38" y="25" width="24" height="2.500" rx="1.200" fill="${look.metal[0]}"/>`,
    `<path d="M43 25l1-13q6-3 12 0l1 13z" fill="${look.level === 4 ? look.metal[2] : '#8a6544'}"/><path d="M43 25l1-13q3-1.500 6-1.600V25z" fill="#fff" opacity=".16"/>`,
  ].join('')
}
