import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { beginTrace, currentTrace, traceHeaders, traceparentOf, within } from './trace.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const FORM = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

test('a request id and a trace that are well formed are taken over, with a part of our own', () => {
  const trace = beginTrace({ requestId: 'order-1234', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` })
  expect(trace).toMatchObject({ requestId: 'order-1234', traceId: TRACE, flags: '01' })
  expect(trace.spanId).not.toBe('00f067aa0ba902b7')
  expect(traceparentOf(trace)).toMatch(FORM)
})

test.each([
  ['nothing', undefined],
  ['too few digits', `00-${TRACE.slice(1)}-00f067aa0ba902b7-01`],
  ['capital letters', `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
  ['a part of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['the forbidden version', `ff-${TRACE}-00f067aa0ba902b7-01`],
  ['more than version 00 has', `00-${TRACE}-00f067aa0ba902b7-01-more`],
  ['a line break', `00-${TRACE}-00f067aa0ba902b7-01\nx: y`],
])('%s begins a trace of our own', (_, traceparent) => {
  const trace = beginTrace({ traceparent })
  expect(trace.traceId).not.toBe(TRACE)
  expect(traceparentOf(trace)).toMatch(FORM)
  expect(trace.flags).toBe('00')
})

test('what a later version says after the four known fields is passed over', () => {
  expect(beginTrace({ traceparent: `01-${TRACE}-00f067aa0ba902b7-01-more` }).traceId).toBe(TRACE)
})

test.each(['', 'short', 'a'.repeat(65), 'ann@example.com', 'two words', 'line\nbreak', 'quote"quote'])(
  'the request id %j is replaced',
  (requestId) => {
    expect(beginTrace({ requestId }).requestId).toMatch(/^[0-9a-f-]{36}$/)
  },
)

test('requests at the same time keep their traces apart, also across waiting', async () => {
  const seen = await Promise.all(
    Array.from({ length: 50 }, (_, n) => {
      const trace = beginTrace({ requestId: `request-${n}` })
      return within(trace, async () => {
        await delay(n % 7)
        return currentTrace() === trace && traceHeaders()['traceparent']!.startsWith(`00-${trace.traceId}-`)
      })
    }),
  )
  expect(seen.every(Boolean)).toBe(true)
  expect(currentTrace()).toBeUndefined()
  expect(traceHeaders()).toEqual({})
})

test('each call made for a request has a part of its own in the trace', () => {
  const trace = beginTrace({})
  const [a, b] = within(trace, () => [traceHeaders()['traceparent'], traceHeaders()['traceparent']])
  expect(new Set([a, b, traceparentOf(trace)]).size).toBe(3)
})
