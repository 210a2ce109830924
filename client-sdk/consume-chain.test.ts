import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeqChain } from './consume-chain.ts'

const links = fc
  .uniqueArray(fc.bigInt({ min: 1n, max: 10_000n }), { minLength: 1, maxLength: 60 })
  .map((seqs) => seqs.toSorted((a, b) => Number(a - b)))
  .map((seqs) => seqs.map((seq, i) => ({ seq, previous: seqs[i - 1] ?? 0n })))

test('in whatever order its links come, a whole chain is whole, and each link is new once', () => {
  fc.assert(
    fc.property(
      links.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, came]) => {
        const chain = new SeqChain(0n, 0)
        for (const { seq, previous } of came) expect(chain.add(seq, previous, 0)).toBe(true)
        expect(chain.at).toBe(all.at(-1)!.seq)
        expect(chain.gap(1e9, 1)).toBeUndefined()
        for (const { seq, previous } of came) expect(chain.add(seq, previous, 0)).toBe(false)
      },
    ),
  )
})

test('a missing link that is not the last is a gap, and is told between its neighbours', () => {
  fc.assert(
    fc.property(
      links.filter((all) => all.length > 2),
      fc.nat(),
      (all, pick) => {
        const missing = pick % (all.length - 1)
        const chain = new SeqChain(0n, 0)
        for (const [i, { seq, previous }] of all.entries()) if (i !== missing) chain.add(seq, previous, 100)
        expect(chain.gap(1_000, 5_000)).toBeUndefined()
        const gap = chain.gap(10_000, 5_000)!
        expect(gap).toEqual({ after: all[missing - 1]?.seq ?? 0n, before: all[missing + 1]!.seq })
        chain.skip(gap, 10_000)
        expect(chain.at).toBe(all.at(-1)!.seq)
        expect(chain.gap(1e9, 1)).toBeUndefined()
      },
    ),
  )
})

test('what comes first after the seq it begins behind need not name that seq', () => {
  const chain = new SeqChain(50n, 0)
  expect(chain.add(57n, 41n, 0)).toBe(true)
  expect(chain.add(61n, 57n, 0)).toBe(true)
  expect(chain.at).toBe(61n)
})
