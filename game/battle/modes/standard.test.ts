import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { modeSpec, openedOf, tables } from './spec.ts'
import { standard } from './standard.ts'

modeSpec(standard)

describe('mode standard', () => {
  it('lets the highest total win everything', () => {
    const opened = openedOf([
      [100n, 900n, 300n],
      [500n, 0n, 700n],
    ])
    expect(standard.judge(opened)).toEqual({ winners: [2], owners: [2, 2, 2, 2, 2, 2] })
  })

  it('has one winner, with nobody above', () => {
    fc.assert(
      fc.property(tables(3n), (values) => {
        const opened = openedOf(values)
        const { winners } = standard.judge(opened)
        expect(winners).toHaveLength(1)
        for (const total of opened.totals) expect(opened.totals[winners[0]!]! >= total).toBe(true)
      }),
    )
  })

  it('asks for a tie-break among exactly those who are level at the top', () => {
    const asked: number[][] = []
    const breakTie = (level: readonly number[]) => level[asked.push([...level])]!
    const opened = openedOf([[5n, 7n, 7n, 1n, 7n]], breakTie)
    expect(standard.judge(opened).winners).toEqual([2])
    expect(asked).toEqual([[1, 2, 4]])
  })
})
