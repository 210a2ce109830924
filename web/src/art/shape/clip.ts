import type { Look } from '../look.ts'
import { path } from '../svg.ts'

const wire = 'M34 30v42a16 16 0 0 0 32 0V24a11 11 0 0 0-22 0v44a6 6 0 0 0 12 0V34'

/** A bent piece of wire. */
export function clip(look: Look): string {
  const stroke = (color: string, width: number, shift: number) =>
    path(
      wire,
      'none',
      `stroke="${color}" stroke-width="${width}" stroke-linecap="round" transform="rotate(24 50 50) translate(${shift} ${shift})"`,
    )
  return stroke(look.deep, 7, 2) + stroke(look.base, 6.5, 0) + stroke(look.shine, 2, -1)
}
