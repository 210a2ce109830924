import { describe, expect, test } from 'vitest'
import { SinkStopped } from '../sink.ts'
import { resume, tokenOf } from './chunk.ts'

const lineage = 'abcdef0123456789'
const at = (seq: bigint) => ({ lineage, seq })
const chunk = (first: bigint, last: bigint) => ({ lineage, first, last })

describe('where ClickHouse goes on', () => {
  test.each([
    ['at the start', 0n, undefined, undefined, 0n, false],
    ['when the first chunk was named only', 0n, undefined, chunk(1n, 5n), 5n, true],
    ['when the first chunk arrived', 0n, 5n, chunk(1n, 5n), 5n, true],
    ['when it was emptied, to be filled anew', 0n, undefined, chunk(6n, 9n), 0n, false],
    ['when all was recorded', 9n, 9n, chunk(6n, 9n), 9n, false],
    ['when the last chunk was named only', 5n, 5n, chunk(6n, 9n), 9n, true],
    ['when the last chunk arrived and was not recorded', 5n, 9n, chunk(6n, 9n), 9n, true],
    ['when a batch was cut into chunks, of which the last arrived', 0n, 9n, chunk(6n, 9n), 9n, true],
    ['when a batch was cut into chunks, of which the last was named only', 0n, 5n, chunk(6n, 9n), 9n, true],
  ])('%s', (_when, floor, held, named, seq, again) => {
    const found = resume(at(floor), held === undefined ? undefined : at(held), named)
    expect(found).toEqual({ seq, again: again ? named : undefined })
  })

  test.each([
    ['it has lost everything', 9n, undefined, chunk(6n, 9n), /ends at 0, but 9 had been written/],
    ['it has lost its end', 9n, 7n, chunk(6n, 9n), /ends at 7, but 9 had been written/],
    ['it has lost what came before the last chunk', 5n, 4n, chunk(6n, 9n), /ends at 4, but 5 had been written/],
    ['somebody else has written to it', 9n, 12n, chunk(6n, 9n), /up to 12, but only 9 were sent/],
    ['nothing was ever sent from here', 0n, 12n, undefined, /up to 12, but only 0 were sent/],
  ])('it stops when %s', (_why, floor, held, named, words) => {
    const resumed = () => resume(at(floor), held === undefined ? undefined : at(held), named)
    expect(resumed).toThrow(SinkStopped)
    expect(resumed).toThrow(words)
  })

  test('the token of a chunk is its own alone', () => {
    const tokens = [chunk(1n, 12n), chunk(11n, 2n), { ...chunk(1n, 12n), lineage: 'x' }].map(tokenOf)
    expect(new Set(tokens).size).toBe(3)
  })
})
