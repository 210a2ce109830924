import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stillClock } from '../test/still-clock.ts'
import { AlignedClock } from './aligned-clock.ts'

/** 2023, and a process that has been running for some seconds. */
const DATABASE_MS = 1_700_000_000_000
const STARTED = 5_000

/** A clock over a time that the test moves. `true_ms` is the database's, of which it is told with ways of so many ms. */
function clockOver({ drift = 0 } = {}) {
  const own = stillClock(STARTED)
  const steady = {
    now: () => own.now(),
    after: (ms: number, run: () => void) => own.at(own.now() + Math.ceil(ms), run),
  }
  const clock = new AlignedClock(steady)
  let shift_ms = 0
  const true_ms = () => DATABASE_MS + (own.now() - STARTED) * (1 + drift) + shift_ms
  /** A beat: the question travels `there_ms`, the answer `back_ms`. */
  const beat = (there_ms: number, back_ms: number) => {
    const asked = own.now()
    own.move(there_ms)
    const database_ms = true_ms()
    own.move(back_ms)
    clock.learn({ asked, answered: own.now(), database_ms })
  }
  return { clock, own, true_ms, beat, shift: (ms: number) => (shift_ms += ms) }
}

test('it tells the database’s time whatever the clock on the wall says, behind by no more than the way of one answer', () => {
  const { clock, own, true_ms, beat } = clockOver()
  beat(40, 3)
  expect(true_ms() - clock.now()).toBe(3)
  beat(1, 300)
  expect(true_ms() - clock.now()).toBe(3)
  beat(300, 1)
  expect(true_ms() - clock.now()).toBe(1)
  own.move(60_000)
  expect(true_ms() - clock.now()).toBe(1)
})

test('it is never ahead of the database and never goes back, however answers travel', () => {
  const ways = fc.array(fc.tuple(fc.nat(500), fc.nat(500), fc.nat(400)), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(ways, (beats) => {
      const { clock, own, true_ms, beat } = clockOver()
      let [before, shortest] = [-Infinity, Infinity]
      for (const [there_ms, back_ms, rest_ms] of beats) {
        beat(there_ms, back_ms)
        shortest = Math.min(shortest, back_ms)
        expect(true_ms() - clock.now()).toBe(shortest)
        expect(clock.now()).toBeGreaterThanOrEqual(before)
        before = clock.now()
        own.move(rest_ms)
      }
    }),
  )
})

test('a time of its own that runs too fast takes it ahead by no more than one beat’s way', () => {
  const { clock, own, true_ms, beat } = clockOver({ drift: -0.01 })
  for (let n = 0; n < 200; n++) {
    beat(2, 2)
    own.move(300)
    // 1 % of a beat, and what a beat leaves open.
    expect(clock.now() - true_ms()).toBeLessThanOrEqual(8)
  }
})

test('where the database steps back it goes on more slowly until both agree', () => {
  const { clock, own, true_ms, beat, shift } = clockOver()
  beat(1, 1)
  shift(-10_000)
  let before = clock.now()
  for (let n = 0; n < 80; n++) {
    beat(1, 1)
    own.move(300)
    expect(clock.now() - before).toBeGreaterThan(100)
    before = clock.now()
  }
  expect(Math.abs(true_ms() - clock.now())).toBeLessThanOrEqual(2)
})

test('what waits for a time is called at it, also when the database stepped there', () => {
  const { clock, own, beat, shift } = clockOver()
  beat(0, 0)
  const rung: string[] = []
  const at = (ms: number, name: string) => clock.at(clock.now() + ms, () => rung.push(name))
  at(1_000, 'a second')
  at(60_000, 'a minute')
  at(500, 'called off')()
  own.move(999)
  expect(rung).toEqual([])
  own.move(1)
  expect(rung).toEqual(['a second'])
  shift(59_000)
  beat(0, 0)
  own.move(0)
  expect(rung).toEqual(['a second', 'a minute'])
})

test('it is not opened before it has been read', async () => {
  let asked = 0
  const clock = await AlignedClock.open(async () => DATABASE_MS + asked++ * 0.001)
  expect(asked).toBeGreaterThan(1)
  expect(clock.now()).toBeGreaterThanOrEqual(DATABASE_MS - 1_000)
  expect(clock.now()).toBeLessThan(DATABASE_MS + 1_000)
  await expect(AlignedClock.open(() => Promise.reject(new Error('the database is away')))).rejects.toThrow('away')
})
