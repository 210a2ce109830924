import { expect, test } from 'vitest'
import { battleModes } from '../../schema/battle-mode.ts'
import { mixed } from './mix.ts'

test.each([2, 3, 4, 5, 6])(
  'a table of %i plays every mode in turn, at no fewer seats, and comes round again',
  (seats) => {
    const played = Array.from({ length: 100 }, (_, nth) => mixed(nth, seats))
    expect(new Set(played.map(({ kind }) => kind.mode))).toEqual(new Set(battleModes))
    expect(Math.min(...played.map((each) => each.seats))).toBe(seats)
  },
)

test('two, three and three times two play as teams where the table allows it, and nothing forbidden is tried', () => {
  const teams = Array.from({ length: 20 }, (_, nth) => mixed(nth, 2)).flatMap(({ kind, seats }) =>
    kind.teamSize === undefined ? [] : [`${seats / kind.teamSize} of ${kind.teamSize}`],
  )
  expect(new Set(teams)).toEqual(new Set(['2 of 2', '2 of 3', '3 of 2']))
  const ofFive = Array.from({ length: 20 }, (_, nth) => mixed(nth, 5)).filter(({ kind }) => kind.teamSize !== undefined)
  expect(new Set(ofFive.map(({ seats }) => seats))).toEqual(new Set([6]))
})
