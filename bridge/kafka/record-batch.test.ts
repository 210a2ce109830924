import fc from 'fast-check'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { encodeRecords, RecordBatch, type MessageRecord } from './record-batch.ts'

type Encoded = Readonly<{ buffer: Buffer }>
// The client's own encoder, which it does not export: what it makes of a message is what ours must make.
const theirs = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0') as (
  record: object,
) => Encoded

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))
const text = fc.string({ unit: 'binary', maxLength: 40 })
const record: fc.Arbitrary<MessageRecord> = fc.record({
  key: bytes(60),
  value: bytes(20_000),
  headers: fc.dictionary(
    text.filter((name) => name !== '__proto__'),
    text,
    { maxKeys: 8, noNullPrototype: true },
  ),
})

test('records are encoded byte for byte as the client would', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 150 }), (records) => {
      const expected = records.map((each, offsetDelta) => theirs({ ...each, offsetDelta }).buffer)
      expect(encodeRecords(records).equals(Buffer.concat(expected))).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('what the client encodes of a batch is replaced by its records as long as it is sent, and nothing else is', () => {
  const records = [1, 2, 3].map((n) => ({ key: Buffer.from('k'), value: Buffer.from(`v${n}`), headers: { n: `${n}` } }))
  const batch = new RecordBatch(records, 4)
  expect(batch.messages).toHaveLength(3)
  expect(() => batch.assertSent()).toThrow(/has not sent our records/)
  const encoded = Buffer.concat(batch.messages.map((each, offsetDelta) => theirs({ ...each, offsetDelta }).buffer))
  expect(RecordBatch.substitute(encoded)).toEqual(encodeRecords(records))
  expect(RecordBatch.substitute(encoded)).toEqual(encodeRecords(records))
  batch.assertSent()
  batch.forget()
  expect(RecordBatch.substitute(encoded)).toBe(encoded)
  const other = Buffer.from('anything else')
  expect(RecordBatch.substitute(other)).toBe(other)
})
