import { signal } from '@preact/signals'

/** A battle that is being watched to its end: what came of it is told nowhere on the page before it is shown there. */
export const unseen = signal<string | null>(null)

/** Battles this player is known to sit in. The public feed masks players, so that the lobby could not tell by itself. */
export const mine = signal<ReadonlySet<string>>(new Set())

export function noteSeated(battle: string, seated: boolean): void {
  if (mine.peek().has(battle) === seated) return
  const next = new Set(mine.peek())
  if (seated) next.add(battle)
  else next.delete(battle)
  mine.value = next
}
