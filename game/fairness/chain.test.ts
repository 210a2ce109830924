import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHAIN_LENGTH_MAX, chainDue, chainValue, entropyRoundAfter, fixEntropy } from './chain.ts'
import { makeChain, verifyChainValue } from './chain.ts'

const seed = '1f'.repeat(32)
const next = (x: string) => bytesToHex(sha256(hexToBytes(x)))

describe('a hash chain', () => {
  const chain = makeChain(seed, 600)

  it('ends in the seed and hashes back round by round to the head', () => {
    expect(chainValue(chain, 599)).toBe(seed)
    expect(next(chainValue(chain, 0))).toBe(chain.head)
    for (let round = 1; round < 600; round++) expect(next(chainValue(chain, round))).toBe(chainValue(chain, round - 1))
  })

  it('proves every value against the head, for its own round only', () => {
    fc.assert(
      fc.property(fc.nat(599), fc.nat(599), (round, other) => {
        expect(verifyChainValue(chain.head, other, chainValue(chain, round))).toBe(round === other)
      }),
    )
  })

  it('proves nothing else', () => {
    const value = chainValue(chain, 3)
    expect(verifyChainValue(chain.head, 3, value.toUpperCase())).toBe(false)
    expect(verifyChainValue(chain.head, 3, '00'.repeat(32))).toBe(false)
    expect(verifyChainValue(seed, 3, value)).toBe(false)
    for (const round of [-1, 0.5, 2 ** 40, Number.NaN]) expect(verifyChainValue(chain.head, round, value)).toBe(false)
  })

  it('keeps a checkpoint for every 256 values, and no round outside it', () => {
    expect(chain.checkpoints).toHaveLength(3 * 32)
    for (const round of [-1, 600, 1.5]) expect(() => chainValue(chain, round)).toThrow(RangeError)
    for (const length of [0, CHAIN_LENGTH_MAX + 1]) expect(() => makeChain(seed, length)).toThrow(RangeError)
  })

  it('can be 2^18 long', () => {
    const long = makeChain(seed, CHAIN_LENGTH_MAX)
    expect(long.checkpoints).toHaveLength(32 * 1_024)
    expect(verifyChainValue(long.head, 5_000, chainValue(long, 5_000))).toBe(true)
    expect(chainValue(long, CHAIN_LENGTH_MAX - 1)).toBe(seed)
  })
})

describe('the round that decides', () => {
  const schedule = { id: 'c1', head: '00'.repeat(32), length: 1_000, starts_at_ms: 50_000, period_ms: 700 }

  it('is the first one due at least a whole period later', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 700_000 }), (now_ms) => {
        const round = entropyRoundAfter(schedule, now_ms)!
        expect(chainDue(schedule, round) - now_ms >= 700).toBe(true)
        if (round > 0) expect(chainDue(schedule, round - 1) - now_ms < 700).toBe(true)
      }),
    )
  })

  it('carries the head as its anchor', () => {
    const { head } = schedule
    expect(fixEntropy(schedule, 50_001)).toEqual({ source: 'chain:c1', round: 2, due_ms: 51_400, anchor: head })
  })

  it('is none when the chain has ended', () => {
    expect(entropyRoundAfter(schedule, chainDue(schedule, 998))).toBe(999)
    expect(entropyRoundAfter(schedule, chainDue(schedule, 998) + 1)).toBeNull()
    expect(fixEntropy(schedule, chainDue(schedule, 999))).toBeNull()
  })
})
