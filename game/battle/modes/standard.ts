import type { Mode, Opened, Verdict } from './mode.ts'

/** The highest total wins and gets everything that was opened. */
export const standard: Mode = { name: 'standard', judge }

function judge({ openings, totals, breakTie }: Opened): Verdict {
  const highest = totals.reduce((most, total) => (total > most ? total : most))
  const level = totals.flatMap((total, seat) => (total === highest ? [seat] : []))
  const winner = level.length > 1 ? breakTie(level) : level[0]!
  return { winners: [winner], owners: openings.map(() => winner) }
}
