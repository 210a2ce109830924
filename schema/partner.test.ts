import fc from 'fast-check'
import { test } from 'vitest'
import { signedText } from './partner.ts'

test('no two calls have the same text to sign', () => {
  const part = fc.string({ unit: fc.constantFrom('a', ':', '\n', '1'), maxLength: 4 })
  const call = fc.record({ key: part, method: part, path: part, timestamp: part, nonce: part, bodyHash: part })
  const same = (a: object, b: object) => JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b))
  fc.assert(
    fc.property(call, call, (a, b) => same(a, b) || signedText(a) !== signedText(b)),
    { numRuns: 5_000 },
  )
})
