import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RollingDropError } from '../../schema/errors.ts'
import { partnerHeaders } from '../../schema/partner.ts'
import { checkClaim, claimOf, signRequest } from './signature.ts'

const KEY = { id: 'acme-7k2m9xqp', secret: 'wXq0vL3hT8nR2bY6cF9kJ1mP4sD7gZ5aE0uI3oW6xVQ' }
const NOW_MS = 1_790_000_000_000
const path = fc.string({ unit: 'grapheme-ascii', maxLength: 60 }).map((text) => encodeURI(`/${text}`))
const body = fc.uint8Array({ maxLength: 100 })

test('whatever was signed is let in', () => {
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'DELETE'), path, body, (method, to, bytes) => {
      const headers = signRequest(KEY, { method, path: to, body: bytes }, NOW_MS)
      checkClaim(claimOf({ method, path: to, headers, body: bytes }), KEY.secret, NOW_MS)
    }),
  )
})

test('whatever else comes is refused with a code of partners, never let in and never a crash', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.constantFrom(KEY.id, '1790000000', 'abcdefghijklmnop', 'a'.repeat(64), undefined),
  )
  const headers = fc.record({ key: text, timestamp: text, nonce: text, signature: text })
  fc.assert(
    fc.property(headers, fc.string({ unit: 'binary' }), body, (given, to, bytes) => {
      const sent = Object.fromEntries(
        Object.entries(partnerHeaders).map(([name, header]) => [header, given[name as keyof typeof given]]),
      )
      try {
        checkClaim(claimOf({ method: 'GET', path: to, headers: sent, body: bytes }), KEY.secret, NOW_MS)
      } catch (error) {
        expect(error).toBeInstanceOf(RollingDropError)
        expect((error as RollingDropError).code).toMatch(/^partner\/(key-missing|key-unknown|stale|signature)$/)
        return
      }
      throw new Error('it was let in')
    }),
    { numRuns: 500 },
  )
})
