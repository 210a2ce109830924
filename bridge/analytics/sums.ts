import type { CommittedEvent } from '../../schema/event.ts'
import type { Fact } from './facts.ts'

const DAY_MS = 86_400_000

/** The day of UTC in which a moment falls, as `2026-01-31`. */
export const dayOf = (at_ms: number): string => new Date(at_ms - (at_ms % DAY_MS)).toISOString().slice(0, 10)

type Figures = Record<'openings' | 'battles' | 'wagered' | 'won' | 'granted' | 'sold', bigint>
export type DailySum = Readonly<{ tenant: string; day: string; asset: string }> & Figures
export type UserSum = Readonly<{ tenant: string; user: string; asset: string }> & Figures & { last_ms: number }
export type BoxSum = Readonly<{ tenant: string; box: string; asset: string }> &
  Record<'openings' | 'paid' | 'won' | 'draws' | 'drawn', bigint>
export type Active = Readonly<{ tenant: string; day: string; asset: string; user: string }>

const none = (): Figures => ({ openings: 0n, battles: 0n, wagered: 0n, won: 0n, granted: 0n, sold: 0n })

function add(
  figures: Figures,
  { openings = 0n, wagered = 0n, won = 0n, granted = 0n, sold = 0n }: Fact,
  battles: bigint,
): void {
  figures.openings += openings
  figures.battles += battles
  figures.wagered += wagered
  figures.won += won
  figures.granted += granted
  figures.sold += sold
}

/** What a run of events adds to each sum: one entry for each, whatever the number of events. */
export class Sums {
  readonly daily = new Map<string, DailySum>()
  readonly users = new Map<string, UserSum>()
  readonly boxes = new Map<string, BoxSum>()
  readonly active = new Map<string, Active>()

  add({ tenant, at_ms }: Pick<CommittedEvent, 'tenant' | 'at_ms'>, facts: readonly Fact[]): void {
    const day = dayOf(at_ms)
    for (const fact of facts) {
      const { user, box, asset } = fact
      const { battles = 0n, seats = 0n } = fact
      add(
        entry(this.daily, [tenant, day, asset], () => ({ tenant, day, asset, ...none() })),
        fact,
        battles,
      )
      if (box !== '') this.#addBox(tenant, fact)
      if (user === '') continue
      entry(this.active, [tenant, day, asset, user], () => ({ tenant, day, asset, user }))
      const total = entry(this.users, [tenant, user, asset], () => ({ tenant, user, asset, last_ms: at_ms, ...none() }))
      total.last_ms = Math.max(total.last_ms, at_ms)
      add(total, fact, seats)
    }
  }

  #addBox(tenant: string, { box, asset, openings = 0n, wagered = 0n, won = 0n, draws = 0n, drawn = 0n }: Fact): void {
    const empty = (): BoxSum => ({ tenant, box, asset, openings: 0n, paid: 0n, won: 0n, draws: 0n, drawn: 0n })
    const sum = entry(this.boxes, [tenant, box, asset], empty)
    sum.openings += openings
    sum.paid += wagered
    sum.won += won
    sum.draws += draws
    sum.drawn += drawn
  }
}

function entry<T>(map: Map<string, T>, key: readonly string[], empty: () => T): T {
  const name = key.join('\n')
  const known = map.get(name)
  if (known !== undefined) return known
  const fresh = empty()
  map.set(name, fresh)
  return fresh
}
