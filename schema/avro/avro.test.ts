import avro from 'avsc'
import { describe, expect, test } from 'vitest'
import { createDecoder, headOf } from './framing.ts'
import { rabin } from './rabin.ts'
import { familyNames, newestOf, schemas, typeOf, versionsOf } from './schemas.ts'

const pairs = familyNames.flatMap((family) =>
  versionsOf(family).flatMap((writer) => versionsOf(family).map((reader) => ({ family, writer, reader }))),
)

describe('schemas', () => {
  test.each(pairs)(
    '$family: what version $writer.version writes, version $reader.version reads',
    ({ writer, reader }) => {
      const resolver = reader.type.createResolver(writer.type)
      const plain = avro.Type.forSchema(JSON.parse(writer.text) as avro.Schema)
      for (let i = 0; i < 50; i++) {
        const value: unknown = plain.random()
        const bytes = plain.toBuffer(value)
        const read = reader.type.fromBuffer(bytes, resolver) as Record<string, unknown>
        expect(reader.type.isValid(read)).toBe(true)
        expect(read['messageId']).toBe((value as Record<string, unknown>)['messageId'])
      }
    },
  )

  test('a version whose addition has no default is caught', () => {
    const older = JSON.parse(versionsOf('transaction')[0]!.text) as { fields: object[] }
    const careless = { ...older, fields: [...older.fields, { name: 'seq', type: 'long' }] }
    expect(() => typeOf(JSON.stringify(careless)).createResolver(typeOf(JSON.stringify(older)))).toThrow(/seq/)
  })

  test('the first version of TransactionEvent is the one that was agreed on', () => {
    const { name, fingerprint } = versionsOf('transaction')[0]!
    expect(name).toBe('com.rollingdrop.events.TransactionEvent')
    expect(fingerprint.toString('hex')).toMatchInlineSnapshot(`"b247f19e0c47f9e0"`)
  })

  test('fingerprints are those of the Avro specification', () => {
    // Known from its test vectors: the canonical forms of "null" and "string".
    const hex = (text: string) => Buffer.from(rabin(Buffer.from(text)).toReversed()).toString('hex')
    expect(hex('"null"')).toBe('63dd24e7cc258f8a')
    expect(hex('"string"')).toBe('8f014872634503c7')
  })
})

describe('framing', () => {
  const { type } = newestOf('admin')
  const value = {
    seq: 2n ** 60n + 1n,
    messageId: 'm',
    timestamp: 5n,
    type: 'box.published',
    tenant: 'main',
    partnerId: null,
    transactionId: 't',
    userId: null,
    actor: null,
    payload: '{}',
  }

  test('single-object: a value carries the fingerprint of its schema and is read by it, longs to the last digit', async () => {
    const bytes = Buffer.concat([headOf(newestOf('admin')), type.toBuffer(value)])
    expect(bytes.subarray(0, 2).toString('hex')).toBe('c301')
    expect(await createDecoder()(bytes)).toEqual({ family: 'admin', value })
  })

  test('Confluent: a value carries the number of its schema, asked for once', async () => {
    const asked: number[] = []
    const decode = createDecoder((id) => {
      asked.push(id)
      return Promise.resolve(newestOf('admin').text)
    })
    const bytes = Buffer.concat([headOf(newestOf('admin'), 77), type.toBuffer(value)])
    expect(bytes.subarray(0, 5).toString('hex')).toBe('000000004d')
    expect(await decode(bytes)).toEqual({ family: 'admin', value })
    await decode(bytes)
    expect(asked).toEqual([77])
  })

  test('what an older program wrote is read with the defaults of what came later', async () => {
    const older = versionsOf('transaction')[0]!
    const data = { boxId: null, amount: 2.5, items: [{ itemId: 'i', rarity: 'rare', value: 1.5 }], totalValue: 2.5 }
    const ids = { messageId: 'm', transactionId: 't', userId: 'u', partnerId: null }
    const metadata = { region: 'r', apiVersion: '1', source: 's' }
    const bytes = older.type.toBuffer({ ...ids, timestamp: 1n, eventType: 'TRADE', data, metadata })
    const read = await createDecoder()(Buffer.concat([headOf(older), bytes]))
    expect(read.value).toMatchObject({ seq: 0n, type: '', payload: '{}', data: { amountMinor: 0n, asset: null } })
  })

  test.each([
    ['nothing', Buffer.alloc(0), /not known/],
    ['text', Buffer.from('{"a":1}'), /not known/],
    ['another schema’s fingerprint', Buffer.concat([Buffer.from([0xc3, 1]), Buffer.alloc(8, 1)]), /not known/],
    ['a registry’s number without a registry', Buffer.from([0, 0, 0, 0, 1, 2]), /none is set/],
  ])('%s is refused', async (_what, bytes, words) => {
    await expect(createDecoder()(bytes)).rejects.toThrow(words)
  })

  test('every schema has a fingerprint of its own', () => {
    expect(new Set(schemas.map(({ fingerprint }) => fingerprint.toString('hex'))).size).toBe(schemas.length)
  })
})
