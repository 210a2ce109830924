import { describe, expect, it } from 'vitest'
import { battleModes } from '../../schema/battle-mode.ts'
import { ENTROPY, newBattle, player, refusal, waiting } from './arbitrary.ts'
import { createBattle, type NewBattle } from './create.ts'
import { whyNotTogether, type Options } from './options.ts'
import { join } from './seat.ts'
import { ruleOf, sidesOf } from './sides.ts'

const plain: Options = { mode: 'standard', seats: 2, teamSize: 1, sponsor: 0, minLevel: 0, borrowMax: 0 }
const refused = (changed: Partial<NewBattle>) => createBattle(newBattle(changed), 1_000)

describe('options', () => {
  it.each(battleModes)('go with mode %s for 2 … 6 seats alone, sponsored or by level', (mode) => {
    for (let seats = 2; seats <= 6; seats++) {
      for (const changed of [{}, { sponsor: 100 }, { minLevel: 10 }, { sponsor: 1, minLevel: 1 }]) {
        expect(whyNotTogether({ ...plain, ...changed, mode, seats })).toBeUndefined()
      }
    }
  })

  it.each([
    [{ seats: 1 }, 'seats'],
    [{ seats: 7 }, 'seats'],
    [{ seats: 2.5 }, 'seats'],
    [{ seats: 3, teamSize: 2 }, '2v2, 3v3 or 2v2v2'],
    [{ seats: 2, teamSize: 2 }, '2v2, 3v3 or 2v2v2'],
    [{ seats: 6, teamSize: 6 }, '2v2, 3v3 or 2v2v2'],
    [{ seats: 4, teamSize: 0 }, '2v2, 3v3 or 2v2v2'],
    [{ sponsor: 101 }, 'sponsors'],
    [{ sponsor: 0.5 }, 'sponsors'],
    [{ minLevel: 11 }, 'levels'],
    [{ minLevel: -1 }, 'levels'],
    [{ borrowMax: 91 }, 'borrowed'],
    [{ mode: 'shared', seats: 4, teamSize: 2 }, 'no teams'],
    [{ mode: 'group', seats: 6, teamSize: 3 }, 'no teams'],
    [{ mode: 'shared', borrowMax: 50 }, 'nothing is borrowed'],
    [{ mode: 'group', borrowMax: 1 }, 'nothing is borrowed'],
    [{ sponsor: 1, borrowMax: 50 }, 'pays for the others'],
    [{ creator: { ...newBattle().creator, borrow: 10 } }, 'can be borrowed here'],
    [{ borrowMax: 9, creator: { ...newBattle().creator, borrow: 10 } }, 'can be borrowed here'],
  ] as const)('%j is refused with its reason', (changed, reason) => {
    expect(refused(changed)).toMatchObject({
      code: 'battle/options',
      details: { reason: expect.stringContaining(reason) },
    })
  })

  it.each([
    [
      4,
      2,
      '2v2',
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [
      6,
      2,
      '2v2v2',
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    ],
    [
      6,
      3,
      '3v3',
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
  ])('%i seats by %i are %s', (seats, teamSize, name, sides) => {
    expect(sidesOf({ seats, teamSize })).toEqual(sides)
    expect(ruleOf('crazy', { seats, teamSize })).toBe(`crazy/${name}`)
    expect(refusal(refused({ seats, teamSize, mode: 'jackpot' }))).toBeUndefined()
  })

  it('of a plain battle leave its rule as it always was', () => {
    expect(ruleOf('standard', { seats: 6, teamSize: 1 })).toBe('standard')
  })
})

describe('a seat', () => {
  const at = (changed: Partial<NewBattle>, wanted: object) =>
    join(waiting(changed), { ...player('bob', 1), ...wanted }, 2_000, ENTROPY)

  it('is for those of the level asked for, and the creator needs none', () => {
    expect(at({ minLevel: 3 }, {})).toMatchObject({ code: 'battle/level', details: { level: 0, minLevel: 3 } })
    expect(refusal(at({ minLevel: 3 }, { level: 2 }))).toBe('battle/level')
    expect(refusal(at({ minLevel: 3 }, { level: 3 }))).toBeUndefined()
  })

  it('can be had on credit up to what the battle allows', () => {
    expect(refusal(at({}, { borrow: 1 }))).toBe('battle/options')
    expect(refusal(at({ borrowMax: 50 }, { borrow: 51 }))).toBe('battle/options')
    expect(refusal(at({ borrowMax: 50 }, { borrow: 0.5 }))).toBe('battle/options')
    expect(refusal(at({ borrowMax: 50 }, { borrow: -1 }))).toBe('battle/options')
    expect(refusal(at({ borrowMax: 50 }, { borrow: 50 }))).toBeUndefined()
  })
})
