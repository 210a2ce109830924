import { expect, test } from 'vitest'
import { Rate } from './rate.ts'

const taken = (rate: Rate, times: number, now_ms: number) => Array.from({ length: times }, () => rate.take(now_ms))
const count = (all: readonly string[], what: string) => all.filter((each) => each === what).length

test('so many are heard in a second, and more as time passes', () => {
  const rate = new Rate(10, 0)
  expect(count(taken(rate, 15, 0), 'heard')).toBe(10)
  expect(count(taken(rate, 15, 300), 'heard')).toBe(3)
  expect(count(taken(rate, 15, 60_000), 'heard')).toBe(10)
})

test('who goes on for ten seconds’ worth past the limit floods, however slowly; who falls silent in between does not', () => {
  const steady = new Rate(10, 0)
  const said = Array.from({ length: 210 }, (_, i) => steady.take(i * 50)) // twice as often as allowed
  expect(said.indexOf('flood')).toBe(-1)
  expect(Array.from({ length: 20 }, (_, i) => steady.take(10_500 + i * 50))).toContain('flood')
  const bursts = new Rate(10, 0)
  for (let at_ms = 0; at_ms < 60_000; at_ms += 2_000) expect(taken(bursts, 60, at_ms)).not.toContain('flood')
})
