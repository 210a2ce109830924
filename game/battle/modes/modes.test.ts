import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { battleModes } from '../../../schema/battle-mode.ts'
import { crazyJackpot } from './crazy-jackpot.ts'
import { crazyTerminal } from './crazy-terminal.ts'
import { crazy } from './crazy.ts'
import { group } from './group.ts'
import { jackpot } from './jackpot.ts'
import type { Mode } from './mode.ts'
import { shared } from './shared.ts'
import { modeSpec, openedOf, tables } from './spec.ts'
import { standard } from './standard.ts'
import { modes } from './table.ts'
import { terminal } from './terminal.ts'

for (const mode of [standard, crazy, terminal, crazyTerminal, group]) modeSpec(mode, 'values')
for (const mode of [jackpot, crazyJackpot]) modeSpec(mode, 'ticket')
modeSpec(shared, 'nothing')

const table = openedOf([
  [100n, 900n, 300n],
  [500n, 0n, 700n],
])

describe('the rule of mode', () => {
  it.each([
    [standard, [2]],
    [crazy, [0]],
    [terminal, [2]],
    [crazyTerminal, [1]],
    [shared, [0, 1, 2]],
    [group, [0, 1, 2]],
    [jackpot, [0]],
    [crazyJackpot, [0]],
  ] as const)('$name', (mode: Mode, winners) => {
    expect(mode.judge(table)).toEqual(winners)
    expect(modes[mode.name]).toBe(mode)
  })

  it('stands in the table under its name, each once', () => {
    expect(Object.keys(modes).toSorted()).toEqual(battleModes.toSorted())
    for (const [name, mode] of Object.entries(modes)) expect(mode.name).toBe(name)
  })

  it.each([standard, crazy, terminal, crazyTerminal])(
    '$name asks for a tie-break among exactly those level',
    (mode) => {
      fc.assert(
        fc.property(tables(1n), (values) => {
          const opened = openedOf(values)
          const scores = mode === standard || mode === crazy ? opened.totals : opened.last
          const sorted = scores.toSorted((a, b) => Number(a > b) - Number(a < b))
          const decisive = mode === standard || mode === terminal ? sorted.at(-1) : sorted[0]
          const level = scores.flatMap((score, side) => (score === decisive ? [side] : []))
          const asked: (readonly number[])[] = []
          mode.judge(openedOf(values, { breakTie: (among) => among[asked.push(among) - 1]! }))
          expect(asked).toEqual(level.length > 1 ? [level] : [])
        }),
      )
    },
  )
})

describe('a jackpot', () => {
  /** How many of all tickets each side wins. */
  function wins(mode: Mode, totals: readonly bigint[]): readonly number[] {
    let n = 0n
    mode.judge(openedOf([totals], { drawTicket: (below) => (n = below) - below }))
    const counts = totals.map(() => 0)
    for (let ticket = 0n; ticket < n; ticket++) {
      const [side] = mode.judge(openedOf([totals], { drawTicket: () => ticket }))
      counts[side!]! += 1
    }
    return counts
  }

  it('gives each side as many tickets as what it opened is worth', () => {
    expect(wins(jackpot, [5n, 0n, 20n])).toEqual([5, 0, 20])
  })

  it('gives each side as many as what the others opened, when crazy', () => {
    expect(wins(crazyJackpot, [5n, 0n, 20n])).toEqual([20, 25, 5])
    expect(wins(crazyJackpot, [5n, 20n])).toEqual(wins(jackpot, [20n, 5n]))
  })

  it('gives everyone the same when everything is worth nothing', () => {
    for (const mode of [jackpot, crazyJackpot]) expect(wins(mode, [0n, 0n, 0n])).toEqual([1, 1, 1])
  })
})
