/** The seat that was asked for in the lobby: the battle's page takes it as soon as it is connected. */
let wanted: Readonly<{ battle: string; seat: number }> | null = null

export function joinOnArrival(battle: string, seat: number): void {
  wanted = { battle, seat }
}

/** The seat wanted in this battle, told once. */
export function takeWantedSeat(battle: string): number | null {
  if (wanted?.battle !== battle) return null
  const { seat } = wanted
  wanted = null
  return seat
}
