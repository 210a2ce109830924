import { paced, paceUnits, type Paced, type PaceUnit } from '../../schema/analytics.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { Fact } from './facts.ts'
import { figures } from './figures.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const UNIT_MS: Readonly<Record<PaceUnit, number>> = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: DAY_MS }

/** The day of UTC in which a moment falls, as `2026-01-31`. */
export const dayOf = (at_ms: number): string => new Date(at_ms - (at_ms % DAY_MS)).toISOString().slice(0, 10)

type Figures = Record<(typeof figures)[number], bigint>
type Of<Key extends string, Sum extends string> = Readonly<Record<Key, string>> & Record<Sum, bigint>

export type DailySum = Readonly<{ tenant: string; day: string; asset: string }> & Figures
export type UserSum = Readonly<{ tenant: string; user: string; asset: string }> & Figures & { last_ms: number }
export type BoxSum = Of<'tenant' | 'box' | 'asset', 'openings' | 'paid' | 'won' | 'draws' | 'drawn'>
export type VersionSum = Of<'tenant' | 'box' | 'version' | 'asset', 'openings' | 'paid' | 'won'>
export type PaceSum = Of<'tenant' | 'user' | 'unit', Paced> & Readonly<{ at_ms: number }>
export type GivenSum = Of<'tenant' | 'user' | 'other' | 'asset', 'gifts' | 'given'> & { last_ms: number }
export type Active = Readonly<{ tenant: string; day: string; asset: string; user: string }>

const none = (): Figures => Object.fromEntries(figures.map((name) => [name, 0n])) as Figures

function add(sum: Figures, fact: Fact, battles: bigint): void {
  for (const name of figures) sum[name] += name === 'battles' ? battles : (fact[name] ?? 0n)
}

/** What a run of events adds to each sum: one entry for each, whatever the number of events. */
export class Sums {
  readonly daily = new Map<string, DailySum>()
  readonly users = new Map<string, UserSum>()
  readonly boxes = new Map<string, BoxSum>()
  readonly versions = new Map<string, VersionSum>()
  readonly paces = new Map<string, PaceSum>()
  readonly given = new Map<string, GivenSum>()
  readonly active = new Map<string, Active>()

  add({ tenant, at_ms }: Pick<CommittedEvent, 'tenant' | 'at_ms'>, facts: readonly Fact[]): void {
    const day = dayOf(at_ms)
    for (const fact of facts) {
      const { user, asset, other, battles = 0n } = fact
      if (other !== '') {
        this.#addGiven(tenant, at_ms, fact)
        continue
      }
      if (user !== '' && paced.some((name) => fact[name])) this.#addPace(tenant, at_ms, fact)
      if (asset === '') continue
      add(
        entry(this.daily, [tenant, day, asset], () => ({ tenant, day, asset, ...none() })),
        fact,
        battles,
      )
      this.#addBox(tenant, fact)
      if (user === '') continue
      entry(this.active, [tenant, day, asset, user], () => ({ tenant, day, asset, user }))
      this.#addUser(tenant, at_ms, fact)
    }
  }

  #addUser(tenant: string, at_ms: number, fact: Fact): void {
    const { user, asset, seats = 0n } = fact
    const total = entry(this.users, [tenant, user, asset], () => ({ tenant, user, asset, last_ms: at_ms, ...none() }))
    total.last_ms = Math.max(total.last_ms, at_ms)
    add(total, fact, seats)
  }

  #addGiven(tenant: string, at_ms: number, { user, other, asset, given = 0n }: Fact): void {
    const empty = (): GivenSum => ({ tenant, user, other, asset, gifts: 0n, given: 0n, last_ms: at_ms })
    const sum = entry(this.given, [tenant, user, other, asset], empty)
    sum.gifts += 1n
    sum.given += given
    sum.last_ms = Math.max(sum.last_ms, at_ms)
  }

  #addPace(tenant: string, at_ms: number, fact: Fact): void {
    const { user } = fact
    for (const unit of paceUnits) {
      const begin_ms = at_ms - (at_ms % UNIT_MS[unit])
      const sum = entry(this.paces, [tenant, unit, String(begin_ms), user], () => ({
        tenant,
        user,
        unit,
        at_ms: begin_ms,
        openings: 0n,
        deposits: 0n,
        withdrawals: 0n,
        trades: 0n,
      }))
      for (const name of paced) sum[name] += fact[name] ?? 0n
    }
  }

  #addBox(tenant: string, fact: Fact): void {
    const { box, version, asset, openings = 0n, wagered = 0n, won = 0n, draws = 0n, drawn = 0n } = fact
    if (box === '') return
    const empty = (): BoxSum => ({ tenant, box, asset, openings: 0n, paid: 0n, won: 0n, draws: 0n, drawn: 0n })
    const sum = entry(this.boxes, [tenant, box, asset], empty)
    sum.openings += openings
    sum.paid += wagered
    sum.won += won
    sum.draws += draws
    sum.drawn += drawn
    if (version === '') return
    const fresh = (): VersionSum => ({ tenant, box, version, asset, openings: 0n, paid: 0n, won: 0n })
    const of = entry(this.versions, [tenant, box, version, asset], fresh)
    of.openings += openings
    of.paid += wagered
    of.won += won
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
