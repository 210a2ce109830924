import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

/** Tells at a steady stream of events, each time taking `took_ms`; how long after each other in the end. */
function interval({ took_ms, tick_ms = 50 }: { took_ms: number; tick_ms?: number }): number {
  const pace = new Pace(tick_ms)
  let [last, before] = [0, 0]
  for (let i = 0; i < 100; i++) {
    before = last
    last = pace.next(last + 1)
    pace.told(last, took_ms)
  }
  return last - before
}

test('while telling costs nothing it follows an event by ten milliseconds', () => {
  expect(interval({ took_ms: 0 })).toBe(11)
  const pace = new Pace(50)
  expect(pace.next(1_000)).toBe(1_010)
})

test('the more of the time telling takes, the longer it waits, up to the limit', () => {
  expect(interval({ took_ms: 1 })).toBeCloseTo(20)
  expect(interval({ took_ms: 2 })).toBeCloseTo(40)
  expect(interval({ took_ms: 20 })).toBe(50)
})

test('a limit below ten milliseconds holds too', () => {
  expect(interval({ took_ms: 20, tick_ms: 5 })).toBe(6)
})
