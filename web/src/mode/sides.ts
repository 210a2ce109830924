/** How a battle may be seated; `key` is also what players call it. */
export type Seating = Readonly<{ key: string; seats: number; teamSize: number }>

export const seatings: readonly Seating[] = [
  ...[2, 3, 4, 5, 6].map((seats) => ({ key: versus(seats), seats, teamSize: 1 })),
  { key: '2v2', seats: 4, teamSize: 2 },
  { key: '3v3', seats: 6, teamSize: 3 },
  { key: '2v2v2', seats: 6, teamSize: 2 },
]

/** `1v1v1`, `2v2`. */
export function versus(seats: number, teamSize = 1): string {
  return Array.from({ length: seats / teamSize }, () => String(teamSize)).join('v')
}

/** What a side is called: `Team A`. */
export const teamName = (side: number) => `Team ${'ABC'[side] ?? side + 1}`
