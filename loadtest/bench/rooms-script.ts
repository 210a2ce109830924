import { readFileSync } from 'node:fs'

/** A view as JSON. */
export type View = Readonly<Record<string, unknown>>

/** A battle as it was shown: what its second client's coming and its start changed, and what changed by time after the start. */
export type Script = Readonly<{ first: View; entered: readonly View[]; timed: readonly Timed[] }>
export type Timed = Readonly<{ after_ms: number; view: View }>

/** What turns one view into the next, so that playing it costs no comparing. */
export type Change = Readonly<{
  fields: readonly (readonly [string, unknown])[]
  seats: readonly (readonly [number, string, unknown])[]
  drops: readonly View[]
  winners: readonly number[]
}>

const LISTS = new Set(['seats', 'drops', 'winners', 'rounds'])

export function readScript(file: string): Script {
  return JSON.parse(readFileSync(file, 'utf8')) as Script
}

export function changeOf(from: View, to: View): Change {
  const [seatsFrom, seatsTo] = [from['seats'] as View[], to['seats'] as View[]]
  return {
    fields: Object.entries(to).filter(([name, value]) => !LISTS.has(name) && from[name] !== value),
    seats: seatsTo.flatMap((seat, i) =>
      Object.entries(seat).flatMap(([name, value]) =>
        seatsFrom[i]?.[name] === value ? [] : [[i, name, value] as const],
      ),
    ),
    drops: (to['drops'] as View[]).slice((from['drops'] as View[]).length),
    winners: (to['winners'] as number[]).slice((from['winners'] as number[]).length),
  }
}
