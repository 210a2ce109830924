import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AnalyticsReader, MoneyFigures } from '../../schema/analytics.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { BattleSettled } from '../../schema/battle-event.ts'
import type { OpeningOpened } from '../../schema/opening.ts'
import { DAYS, history } from './history.arbitrary.ts'
import { dayOf } from './sums.ts'

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
      expect(await there.reader.boxes('nowhere')).toEqual([])
    })

    test('text that would end a statement is only text', async () => {
      expect(await there.reader.user("main' or 1=1 --", "\\' or 1=1 {x:String}")).toEqual({ last_ms: null, assets: [] })
    })
  })
}

async function compare(reader: AnalyticsReader, events: readonly CommittedEvent[], tenant: string): Promise<void> {
  const lines = events.filter((event) => event.tenant === tenant).flatMap(linesOf)
  const users = new Set(lines.flatMap(({ user }) => user ?? []))
  expect(await reader.overview(tenant)).toEqual({ users: users.size, assets: byAsset(lines, (line) => line.battle) })
  for (const user of [...users, 'nobody']) {
    const own = lines.filter((line) => line.user === user)
    const last_ms = own.length === 0 ? null : Math.max(...own.map(({ at_ms }) => at_ms))
    expect(await reader.user(tenant, user)).toEqual({ last_ms, assets: byAsset(own, (line) => line.seat) })
  }
  const days = [...new Set(lines.map(({ day }) => day))].toSorted().flatMap((day) => {
    const of = lines.filter((line) => line.day === day)
    return byAsset(of, (line) => line.battle).map((figures) => {
      const there = new Set(of.filter(({ asset }) => asset === figures.asset).flatMap(({ user }) => user ?? []))
      return Object.assign({ day, users: there.size }, figures)
    })
  })
  expect(await reader.days(tenant, RANGE)).toEqual(days)
  expect(await reader.days(tenant, { from: DAYS[1]!, to: DAYS[1]! })).toEqual(days.filter(({ day }) => day === DAYS[1]))
  expect(await reader.boxes(tenant)).toEqual(boxesOf(lines))
}

/** One thing that happened, written out in full: the oracle, which shares nothing with what it judges. */
type Line = Readonly<
  Record<'openings' | 'battle' | 'seat' | 'wagered' | 'won' | 'granted' | 'sold' | 'drawn', bigint>
> &
  Readonly<{ at_ms: number; day: string; asset: string; user: string | null; box: string | null; draw: boolean }>

function linesOf({ type, payload, at_ms }: CommittedEvent): readonly Line[] {
  const line = (asset: unknown, rest: Partial<Line>): Line => {
    const when = { at_ms, day: dayOf(at_ms), asset: String(asset), user: null, box: null, draw: false }
    const none = { openings: 0n, battle: 0n, seat: 0n, wagered: 0n, won: 0n, granted: 0n, sold: 0n, drawn: 0n }
    return { ...none, ...when, ...rest }
  }
  const { user, money, asset, amount, paid } = payload as Record<string, string>
  if (type === 'faucet.granted') return [line(asset, { user: user!, granted: BigInt(amount!) })]
  if (type === 'item.sold') return [line(money, { user: user!, sold: BigInt(paid!) })]
  if (type === 'opening.opened') {
    const { box, price, drops } = payload as OpeningOpened
    const won = drops.map(({ value }) => BigInt(value)).reduce((a, b) => a + b, 0n)
    return [line(asset, { user: user!, box, openings: BigInt(drops.length), wagered: BigInt(price), won })]
  }
  if (type !== 'battle.settled') return []
  const { seats, drops, price } = payload as BattleSettled
  return [
    line(asset, { battle: 1n }),
    ...seats
      .filter((seat) => seat.user !== null)
      .map((seat) => line(asset, { user: seat.user, seat: 1n, wagered: BigInt(price), won: BigInt(seat.share) })),
    ...drops.map(({ box, value }) => line(asset, { box, drawn: BigInt(value), draw: true })),
  ]
}

const total = (lines: readonly Line[], of: (line: Line) => bigint): bigint => lines.map(of).reduce((a, b) => a + b, 0n)

function byAsset(lines: readonly Line[], battles: (line: Line) => bigint): readonly MoneyFigures[] {
  return [...new Set(lines.map(({ asset }) => asset))].toSorted().map((asset) => {
    const of = lines.filter((line) => line.asset === asset)
    return {
      asset: asset as MoneyFigures['asset'],
      openings: Number(total(of, (line) => line.openings)),
      battles: Number(total(of, battles)),
      wagered: total(of, (line) => line.wagered),
      won: total(of, (line) => line.won),
      granted: total(of, (line) => line.granted),
      sold: total(of, (line) => line.sold),
    }
  })
}

function boxesOf(lines: readonly Line[]): readonly unknown[] {
  const keys = new Set(lines.flatMap(({ box, asset }) => (box === null ? [] : [JSON.stringify([box, asset])])))
  const named = [...keys].map((key) => JSON.parse(key) as [string, string])
  return named
    .toSorted(([a, x], [b, y]) => (a === b ? Number(x > y) - Number(x < y) : Number(a > b) - Number(a < b)))
    .map(([box, asset]) => {
      const of = lines.filter((line) => line.box === box && line.asset === asset)
      return {
        box,
        asset,
        openings: Number(total(of, (line) => line.openings)),
        paid: total(of, (line) => line.wagered),
        won: total(of, (line) => line.won),
        draws: of.filter(({ draw }) => draw).length,
        drawn: total(of, (line) => line.drawn),
      }
    })
}
