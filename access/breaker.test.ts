import { createServer, get } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { RollingDropError } from '../schema/errors.ts'
import { createBreaker } from './breaker.ts'

const limits = { name: 'bank', timeout_ms: 200, at_once_max: 10, waiting_max: 10, failures: 3, rest_ms: 100 }
const well = () => Promise.resolve('well')
const badly = () => Promise.reject(new Error('badly'))
const never = () => new Promise<never>(() => {})
const told = (work: Promise<unknown>) => work.then(String, (error: Error) => error)

/** A work that ends when it is told to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<string>()
  return { work: () => promise, end: () => resolve('ended') }
}

test('gives what the work gives, and throws what it throws', async () => {
  const breaker = createBreaker(limits)
  expect(await breaker.run(well)).toBe('well')
  await expect(breaker.run(badly)).rejects.toThrow('badly')
  expect(breaker.state).toBe('closed')
})

test('opens after so many failures in a row, and then refuses at once without doing the work', async () => {
  const breaker = createBreaker({ ...limits, rest_ms: 7_000 })
  for (let n = 0; n < 3; n++) await told(breaker.run(badly))
  expect(breaker.state).toBe('open')
  const work = vi.fn(well)
  await expect(breaker.run(work)).rejects.toMatchObject({
    code: 'server/busy',
    status: 503,
    details: { name: 'bank', retryAfter_s: 7 },
  })
  expect(work).not.toHaveBeenCalled()
})

test('a success in between starts the count anew', async () => {
  const breaker = createBreaker(limits)
  for (const work of [badly, badly, well, badly, badly]) await told(breaker.run(work))
  expect(breaker.state).toBe('closed')
})

test('after its rest one call is let through: when it goes well all are, when it fails none is', async () => {
  const breaker = createBreaker(limits)
  for (let n = 0; n < 3; n++) await told(breaker.run(badly))
  await rested(breaker)
  expect(await told(breaker.run(badly))).toMatchObject({ message: 'badly' })
  expect(breaker.state).toBe('open')
  await rested(breaker)
  expect(breaker.state).toBe('open')
  const probe = held()
  const tried = breaker.run(probe.work)
  expect(breaker.state).toBe('half-open')
  const behind = vi.fn(well)
  const waits = breaker.run(behind)
  await Promise.resolve()
  expect(behind).not.toHaveBeenCalled()
  probe.end()
  expect(await Promise.all([tried, waits])).toEqual(['ended', 'well'])
  expect(breaker.state).toBe('closed')
})

test('a time-out ends the call, tells the work so, and counts as a failure', async () => {
  const breaker = createBreaker({ ...limits, timeout_ms: 20, failures: 1 })
  let signal: AbortSignal | undefined
  const work = (given: AbortSignal) => {
    signal = given
    return never()
  }
  await expect(breaker.run(work)).rejects.toThrow('no answer within 20 ms')
  expect(signal?.aborted).toBe(true)
  expect(breaker.state).toBe('open')
})

test('a refusal is an answer: it is passed on and never opens the circuit', async () => {
  const breaker = createBreaker({ ...limits, failures: 2 })
  const refusal = new RollingDropError('partner/wallet-refused')
  for (let n = 0; n < 10; n++) expect(await told(breaker.run(() => Promise.reject(refusal)))).toBe(refusal)
  expect(breaker.state).toBe('closed')
  for (const work of [badly, () => Promise.reject(refusal), badly]) await told(breaker.run(work))
  expect(breaker.state).toBe('closed')
})

test('no more than so many are under way, so many wait in order, and the rest is refused at once', async () => {
  const breaker = createBreaker({ ...limits, at_once_max: 2, waiting_max: 3 })
  const [one, two] = [held(), held()]
  const begun: number[] = []
  const first = [breaker.run(one.work), breaker.run(two.work)]
  const waiting = [1, 2, 3].map((n) => breaker.run(() => Promise.resolve(begun.push(n))))
  await expect(breaker.run(well)).rejects.toMatchObject({
    code: 'server/busy',
    details: { name: 'bank', retryAfter_s: 1 },
  })
  expect(begun).toEqual([])
  one.end()
  await Promise.all(waiting)
  expect(begun).toEqual([1, 2, 3])
  two.end()
  await Promise.all(first)
  expect(breaker.state).toBe('closed')
})

test('who waited while the circuit opened is refused without being begun', async () => {
  const breaker = createBreaker({ ...limits, at_once_max: 1, failures: 1, rest_ms: 10_000 })
  const work = vi.fn(well)
  const [failed, waited] = await Promise.all([told(breaker.run(badly)), told(breaker.run(work))])
  expect(failed).toMatchObject({ message: 'badly' })
  expect(waited).toMatchObject({ code: 'server/busy' })
  expect(work).not.toHaveBeenCalled()
})

test('a server that takes calls and never answers costs its callers no more than the time-out, then nothing', async () => {
  let asked = 0
  const silent = createServer(() => {
    asked++
  })
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => {
    silent.close().closeAllConnections()
  })
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const breaker = createBreaker({ ...limits, timeout_ms: 50, at_once_max: 100, rest_ms: 10_000 })
  const ask = () =>
    breaker.run(
      (signal) =>
        new Promise<string>((settle, fail) => {
          get(url, { signal }, () => settle('answered')).on('error', fail)
        }),
    )
  const first = await Promise.all(Array.from({ length: 20 }, () => told(ask())))
  expect(first.every((error) => String(error) === 'Error: no answer within 50 ms')).toBe(true)
  const later = await Promise.all(Array.from({ length: 200 }, () => told(ask())))
  expect(later.every((error) => (error as RollingDropError).code === 'server/busy')).toBe(true)
  expect(asked).toBeLessThanOrEqual(20)
})

/** Until the circuit would let somebody through. */
async function rested(breaker: { state: string }): Promise<void> {
  expect(breaker.state).toBe('open')
  const until = Date.now() + limits.rest_ms
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThanOrEqual(until), { interval: 5 })
}
