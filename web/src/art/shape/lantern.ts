import type { Look } from '../look.ts'
import { facet, path, radial } from '../svg.ts'

/** A lantern with a light in it. */
export function lantern(look: Look): string {
  const [light, mid, dark] = look.metal
  return [
    `<defs>${radial('g', ['#fff', look.shine, look.light, look.base, look.dark], 'cx="50%" cy="58%" r="60%"')}</defs>`,
    path('M32 24q0-20 18-20t18 20', 'none', `stroke="${mid}" stroke-width="4"`),
    facet('34,20 66,20 74,34 26,34', mid) + facet('34,20 50,20 50,34 26,34', light),
    facet('28,34 72,34 76,78 24,78', 'url(#g)'),
    path('M50 44q12 14 6 24-6 7-12 0-6-10 6-24z', '#fff', 'opacity=".9"'),
    path('M28 34h5l-3 44h-6zM67 34h5l4 44h-6zM48 34h4v44h-4z', dark),
    facet('20,78 80,78 76,92 24,92', mid) + facet('20,78 80,78 79,82 21,82', light),
  ].join('')
}
