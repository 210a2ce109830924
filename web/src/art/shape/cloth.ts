import type { Look } from '../look.ts'
import { linear, path } from '../svg.ts'

/** A length of cloth, hung so that it falls in folds. */
export function cloth(look: Look): string {
  const [light, mid] = look.metal
  return [
    `<defs>${linear('l', [look.light, look.base, look.dark])}${linear('r', [look.base, look.dark, look.deep])}</defs>`,
    path('M52 18C66 30 78 36 84 54C88 68 82 82 86 94L64 86L56 94C60 72 54 44 44 26z', 'url(#r)'),
    path('M56 16C42 30 26 34 18 52C12 66 18 80 14 92L30 86L42 94C40 74 44 46 60 26z', 'url(#l)'),
    path('M30 50q-6 16-4 34M42 42q-6 22-5 44', 'none', `stroke="${look.shine}" stroke-width="2" opacity=".6"`),
    path('M66 44q6 20 6 38', 'none', `stroke="${look.light}" stroke-width="2" opacity=".5"`),
    path('M14 92l28 2 .500-8L30 80l-15 5z', look.shine, 'opacity=".35"'),
    `<circle cx="50" cy="20" r="12" fill="${mid}"/><circle cx="50" cy="20" r="7" fill="${look.base}"/><path d="M40 16a11 11 0 0 1 9-7" fill="none" stroke="${light}" stroke-width="3" stroke-linecap="round"/>`,
  ].join('')
}
