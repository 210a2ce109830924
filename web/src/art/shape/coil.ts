import type { Look } from '../look.ts'

/** Turns of rope, twine or wire on top of each other. */
export function coil(look: Look): string {
  const turns = [78, 66, 54, 42].map(
    (y, i) =>
      `<ellipse cx="50" cy="${y}" rx="${36 - i}" ry="13" fill="none" stroke="${look.deep}" stroke-width="12"/>` +
      `<ellipse cx="50" cy="${y - 1}" rx="${36 - i}" ry="13" fill="none" stroke="${i % 2 ? look.light : look.base}" stroke-width="9"/>` +
      `<ellipse cx="50" cy="${y - 2}" rx="${36 - i}" ry="13" fill="none" stroke="${look.shine}" stroke-width="2" stroke-dasharray="3 7" opacity=".7"/>`,
  )
  const end = `<path d="M80 40q10-8 4-22t-20-10" fill="none" stroke="${look.deep}" stroke-width="10" stroke-linecap="round"/><path d="M80 40q10-8 4-22t-20-10" fill="none" stroke="${look.light}" stroke-width="7" stroke-linecap="round"/>`
  return turns.join('') + end
}
