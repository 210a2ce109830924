import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { paceUnits, type AnalyticsReader } from '../../schema/analytics.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import { DAYS, history, VALUES } from './history.arbitrary.ts'
import { byAsset, linesOf, type Line } from './oracle.ts'
import { boxesOf, gifts, pacesOf, reversals, versionsOf } from './oracle-lists.ts'

/** How a run of events reaches the store: whole, or with a crash that leaves it halfway and is gone on from. */
export const hitches = ['none', 'named only', 'events without sums', 'unrecorded', 'doubled'] as const
export type Hitch = (typeof hitches)[number]

/** A store of analytics as a test sees it. */
export type AnalyticsPlace = Readonly<{
  reader: AnalyticsReader
  empty: () => Promise<void>
  /** Has the store get `events`, which follow those before. */
  feed: (events: readonly CommittedEvent[], hitch: Hitch) => Promise<void>
  remove: () => Promise<void>
}>

/** A store that takes a while for each run gets fewer histories. */
type Patience = Readonly<{ histories: number; timeout_ms: number }>

const runs = fc.array(fc.record({ size: fc.integer({ min: 3, max: 30 }), hitch: fc.constantFrom(...hitches) }), {
  minLength: 1,
  maxLength: 8,
})
const RANGE = { from: DAYS[0]!, to: DAYS[2]! }

/** What every store must answer: what a plain walk over the same history finds, whatever happened on the way there. */
export function analyticsSpec(
  name: string,
  { histories, timeout_ms }: Patience,
  place: () => Promise<AnalyticsPlace>,
): void {
  describe(`analytics in ${name}`, () => {
    let there: AnalyticsPlace
    beforeAll(async () => void (there = await place()))
    afterAll(() => there.remove())

    test(
      'answer as a plain walk over the history does, over crashes and retries',
      async () => {
        await fc.assert(
          fc.asyncProperty(history, runs, async (events, ways) => {
            await there.empty()
            let from = 0
            for (let turn = 0; from < events.length; turn++) {
              const { size, hitch } = ways[turn % ways.length]!
              await there.feed(events.slice(from, from + size), hitch)
              from += size
            }
            for (const tenant of ['main', 'acme']) await compare(there.reader, events, tenant)
          }),
          { numRuns: histories },
        )
      },
      timeout_ms,
    )

    test('a tenant and a user without any history get empty answers', async () => {
      await there.empty()
      expect(await there.reader.user('main', 'nobody')).toEqual({ last_ms: null, assets: [] })
      expect(await there.reader.overview('nowhere')).toEqual({ users: 0, assets: [] })
      expect(await there.reader.days('nowhere', RANGE)).toEqual([])
      expect(await there.reader.tenantDays(['nowhere'], RANGE)).toEqual([])
      expect(await there.reader.boxes('nowhere')).toEqual([])
      expect(await there.reader.versions('nowhere')).toEqual([])
      const bounds = { openings: 0, trades: 0 }
      expect(await there.reader.paces('nowhere', { unit: 'day', bounds, from_ms: 0, limit: 9 })).toEqual([])
      expect(await there.reader.given('nowhere', { values: VALUES, least: 0n, limit: 9 })).toEqual([])
      expect(await there.reader.reversed('nowhere', 9)).toEqual([])
    })

    test('text that would end a statement is only text', async () => {
      expect(await there.reader.user("main' or 1=1 --", "\\' or 1=1 {x:String}")).toEqual({ last_ms: null, assets: [] })
    })
  })
}

async function compare(reader: AnalyticsReader, events: readonly CommittedEvent[], tenant: string): Promise<void> {
  const all = events.filter((event) => event.tenant === tenant).flatMap(linesOf)
  const lines = all.filter(({ asset, other }) => asset !== '' && other === null)
  const users = new Set(lines.flatMap(({ user }) => user ?? []))
  expect(await reader.overview(tenant)).toEqual({ users: users.size, assets: byAsset(lines, 'battle') })
  for (const user of [...users, 'nobody']) {
    const own = lines.filter((line) => line.user === user)
    const last_ms = own.length === 0 ? null : Math.max(...own.map(({ at_ms }) => at_ms))
    expect(await reader.user(tenant, user)).toEqual({ last_ms, assets: byAsset(own, 'seat') })
  }
  const days = daysOf(lines)
  expect(await reader.days(tenant, RANGE)).toEqual(days)
  expect(await reader.days(tenant, { from: DAYS[1]!, to: DAYS[1]! })).toEqual(days.filter(({ day }) => day === DAYS[1]))
  const named = days.map((day) => Object.assign({ tenant }, day))
  expect(await reader.tenantDays([tenant, 'nowhere'], RANGE)).toEqual(named)
  expect(await reader.boxes(tenant)).toEqual(boxesOf(lines))
  expect(await reader.versions(tenant)).toEqual(versionsOf(lines))
  await compareFraud(reader, all, tenant)
}

async function compareFraud(reader: AnalyticsReader, lines: readonly Line[], tenant: string): Promise<void> {
  const from_ms = Date.parse(DAYS[1]!)
  for (const unit of paceUnits) {
    for (const bounds of [{ openings: 2 }, { deposits: 0, withdrawals: 1 }, { trades: 0, openings: 3 }, {}]) {
      const query = { unit, bounds, limit: 3 }
      expect(await reader.paces(tenant, { ...query, from_ms: 0 })).toEqual(pacesOf(lines, unit, bounds).slice(0, 3))
      const late = pacesOf(lines, unit, bounds).filter(({ at_ms }) => at_ms >= from_ms)
      expect(await reader.paces(tenant, { ...query, from_ms })).toEqual(late.slice(0, 3))
    }
  }
  for (const [values, least] of [
    [VALUES, 0n],
    [VALUES, 5_000n],
    [[], 1n],
  ] as const) {
    expect(await reader.given(tenant, { values, least, limit: 4 })).toEqual(gifts(lines, values, least).slice(0, 4))
  }
  expect(await reader.reversed(tenant, 2)).toEqual(reversals(lines.filter(({ other }) => other === null)).slice(0, 2))
}

function daysOf(lines: readonly Line[]) {
  return [...new Set(lines.map(({ day }) => day))].toSorted().flatMap((day) => {
    const of = lines.filter((line) => line.day === day)
    return byAsset(of, 'battle').map((figures) => {
      const there = new Set(of.filter(({ asset }) => asset === figures.asset).flatMap(({ user }) => user ?? []))
      return Object.assign({ day, users: there.size }, figures)
    })
  })
}
