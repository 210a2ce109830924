import { paced, type ItemValue, type Paced, type PaceBounds, type PaceUnit } from '../../schema/analytics.ts'
import { total, type Line } from './oracle.ts'

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

const order = (a: string | number | bigint, b: string | number | bigint): number => Number(a > b) - Number(a < b)

/** The lines of each key, the keys in the order of their parts. */
function grouped<T extends readonly (string | number)[]>(
  lines: readonly Line[],
  keyOf: (line: Line) => T | undefined,
): readonly (readonly [key: T, lines: readonly Line[]])[] {
  const groups = new Map<string, readonly [T, Line[]]>()
  for (const line of lines) {
    const key = keyOf(line)
    if (key === undefined) continue
    const name = JSON.stringify(key)
    const known = groups.get(name) ?? ([key, []] as const)
    known[1].push(line)
    groups.set(name, known)
  }
  return [...groups.values()].toSorted(([a], [b]) => {
    const at = a.findIndex((part, i) => part !== b[i])
    return at < 0 ? 0 : order(a[at]!, b[at]!)
  })
}

export const boxesOf = (lines: readonly Line[]): readonly unknown[] =>
  grouped(lines, ({ box, asset }) => (box === null ? undefined : ([box, asset] as const))).map(
    ([[box, asset], of]) => ({
      box,
      asset,
      openings: Number(total(of, 'openings')),
      paid: total(of, 'wagered'),
      won: total(of, 'won'),
      draws: of.filter(({ draw }) => draw).length,
      drawn: total(of, 'drawn'),
    }),
  )

export const versionsOf = (lines: readonly Line[]): readonly unknown[] =>
  grouped(lines, ({ box, version, asset }) =>
    box === null || version === null ? undefined : ([box, version, asset] as const),
  ).map(([[box, version, asset], of]) => ({
    box,
    version,
    asset,
    openings: Number(total(of, 'openings')),
    paid: total(of, 'wagered'),
    won: total(of, 'won'),
  }))

export function pacesOf(lines: readonly Line[], unit: PaceUnit, bounds: PaceBounds) {
  return grouped(lines, (line) => {
    const { user, at_ms } = line
    if (user === null || paced.every((name) => line[name] === 0n)) return undefined
    return [at_ms - (at_ms % UNIT_MS[unit]), user] as const
  })
    .map(([[at_ms, user], of]) => {
      const counts = Object.fromEntries(paced.map((name) => [name, Number(total(of, name))])) as Record<Paced, number>
      return Object.assign({ user, unit, at_ms }, counts)
    })
    .filter((pace) => paced.some((name) => pace[name] > (bounds[name] ?? Infinity)))
    .toSorted((a, b) => b.at_ms - a.at_ms || order(a.user, b.user))
}

export function gifts(lines: readonly Line[], values: readonly ItemValue[], least: bigint): readonly unknown[] {
  const weighed = lines.flatMap((line) => {
    const known = values.find(({ asset }) => asset === line.asset)
    if (line.other === null || (!known && line.asset.includes('item:'))) return []
    return [Object.assign({}, line, known && { asset: known.money, given: line.given * known.value })]
  })
  const edges = grouped(weighed, ({ user, other, asset }) => [user ?? '', other ?? '', asset] as const)
  const sum = (user: string, other: string, asset: string) =>
    total(edges.find(([[a, b, c]]) => a === user && b === other && c === asset)?.[1] ?? [], 'given')
  return edges
    .map(([[user, other, asset], of]) => ({
      user,
      other,
      asset,
      gifts: of.length,
      given: total(of, 'given'),
      back: sum(other, user, asset),
      last_ms: Math.max(...of.map(({ at_ms }) => at_ms)),
    }))
    .filter(({ given, back }) => given - back >= least)
    .toSorted((a, b) => order(b.given - b.back, a.given - a.back))
}

export const reversals = (lines: readonly Line[]): readonly unknown[] =>
  grouped(lines, ({ user, asset }) => (user === null ? undefined : ([user, asset] as const)))
    .map(([[user, asset], of]) => ({
      user,
      asset,
      deposited: total(of, 'deposited'),
      reversed: total(of, 'reversed'),
    }))
    .filter(({ reversed }) => reversed > 0n)
    .toSorted((a, b) => order(b.reversed, a.reversed))
