/** `borrow`: percent of the stake. */
type Wanted = Readonly<{ seat: number; borrow: number }>

/** The seat that was asked for in the lobby: the battle's page takes it as soon as it is connected. */
let wanted: (Wanted & Readonly<{ battle: string }>) | null = null

export function joinOnArrival(battle: string, seat: number, borrow: number): void {
  wanted = { battle, seat, borrow }
}

/** The seat wanted in this battle, told once. */
export function takeWantedSeat(battle: string): Wanted | null {
  if (wanted?.battle !== battle) return null
  const { seat, borrow } = wanted
  wanted = null
  return { seat, borrow }
}
