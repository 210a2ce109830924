import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toAmount } from '../../schema/amount.ts'
import { drawBelow, openUrn } from '../fairness/draw.ts'
import { drawable, drawableOf, hex32, clientSeedOf, BATTLE } from './arbitrary.ts'
import { PLAIN_BOX } from './plain-box.ts'
import { breakTie, resolve } from './draw.ts'

const draws = fc.record({ serverSeed: hex32, entropyValue: hex32 })

const plain = { id: BATTLE, mode: 'standard' as const, teamSize: 1, asset: PLAIN_BOX.asset, boxes: [PLAIN_BOX] }
const taken = (user: string) => ({ clientSeed: clientSeedOf(user), borrow: 0 })

describe('resolve', () => {
  it('comes to the same for the same seeds and value', () => {
    fc.assert(
      fc.property(drawable, draws, (battle, seeds) => {
        expect(resolve(structuredClone(battle), { ...seeds })).toEqual(resolve(battle, seeds))
      }),
    )
  })

  it('opens every round once for every seat, by round, then seat', () => {
    fc.assert(
      fc.property(drawable, draws, (battle, seeds) => {
        const { pulls } = resolve(battle, seeds)
        const expected = battle.rounds.flatMap((_box, round) => battle.seats.map((_seat, seat) => ({ round, seat })))
        expect(pulls.map(({ round, seat }) => ({ round, seat }))).toEqual(expected)
      }),
    )
  })

  it('changes with any one of the seeds, the value and the battle', () => {
    const seats = [taken('ann'), taken('bob')]
    const rounds = Array.from({ length: 50 }, () => 0)
    const battle = { ...plain, rounds, seats }
    const seeds = { serverSeed: '01'.repeat(32), entropyValue: '02'.repeat(32) }
    const others = [
      resolve(battle, { ...seeds, serverSeed: '03'.repeat(32) }),
      resolve(battle, { ...seeds, entropyValue: '03'.repeat(32) }),
      resolve({ ...battle, id: BATTLE.replace('0', '1') }, seeds),
      resolve({ ...battle, seats: seats.with(1, taken('eve')) }, seeds),
      resolve({ ...battle, mode: 'crazy' }, seeds),
      resolve({ ...battle, seats: seats.toReversed() }, seeds),
    ]
    for (const other of others) expect(other.pulls).not.toEqual(resolve(battle, seeds).pulls)
  })

  it('refuses to draw while a seat is free', () => {
    const seats = [taken('ann'), null]
    expect(() =>
      resolve({ ...plain, rounds: [0], seats }, { serverSeed: '01'.repeat(32), entropyValue: '02'.repeat(32) }),
    ).toThrow('free seat')
  })
})

describe('a tie', () => {
  const shared = {
    battle: BATTLE,
    mode: 'standard',
    clientSeeds: [clientSeedOf('ann')],
    entropy: '02'.repeat(32),
  }
  const at = { round: 3, seats: [0, 1, 2, 3, 4, 5] }

  it('is always resolved, to one of the level seats, by the highest further draw', () => {
    fc.assert(
      fc.property(hex32, fc.uniqueArray(fc.nat(5), { minLength: 2 }), (serverSeed, seats) => {
        const level = seats.toSorted((a, b) => a - b)
        const winner = breakTie(openUrn(serverSeed, shared), at, level)
        const drawn = (seat: number) => drawBelow(serverSeed, { ...shared, round: 3, seat, draw: 1 }, 2n ** 64n)
        expect(level).toContain(winner)
        for (const seat of level) expect(drawn(winner) >= drawn(seat)).toBe(true)
      }),
    )
  })

  it('decides a battle in which everyone opens the same', () => {
    const box = { ...PLAIN_BOX, prizes: [PLAIN_BOX.prizes[0]!] }
    fc.assert(
      fc.property(drawableOf('standard', 'crazy', 'terminal', 'crazy-terminal'), draws, (any, seeds) => {
        const seats = any.seats.map((seat) => ({ ...seat!, borrow: 0 }))
        const battle = { ...any, seats, teamSize: 1, boxes: [box], rounds: any.rounds.map(() => 0) }
        const { winners, payouts } = resolve(battle, seeds)
        const count = toAmount(BigInt(battle.seats.length * battle.rounds.length))
        expect(payouts).toEqual([{ seat: winners[0], asset: 'play:item:pebble', amount: count }])
      }),
    )
  })

  it('falls to each side about equally often', () => {
    const wins = [0, 0, 0]
    for (let i = 0; i < 3_000; i++) wins[breakTie(openUrn(i.toString(16).padStart(64, '0'), shared), at, [0, 1, 2])]!++
    for (const count of wins) expect(Math.abs(count - 1_000)).toBeLessThan(100)
  })
})
