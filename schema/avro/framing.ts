import type avro from 'avsc'
import { newestOf, schemas, typeOf, type Family, type Schema } from './schemas.ts'

/**
 * What stands in front of a value and says by which schema it was written. Confluent: a zero byte and the schema's number in
 * the registry, 4 bytes big-endian. Otherwise Avro's single-object encoding: C3 01 and the schema's fingerprint, 8 bytes.
 */
export function headOf(schema: Schema, registered?: number): Buffer {
  if (registered === undefined) return Buffer.concat([SINGLE_OBJECT, schema.fingerprint])
  const head = Buffer.alloc(CONFLUENT_BYTES)
  head.writeInt32BE(registered, 1)
  return head
}

const SINGLE_OBJECT = Buffer.from([0xc3, 0x01])
const SINGLE_OBJECT_BYTES = 10
const CONFLUENT_BYTES = 5

/** One value as it is read: by the newest schema of its family that this program knows, whichever wrote it. */
export type Decoded = Readonly<{ family: Family; value: Readonly<Record<string, unknown>> }>

type Reader = Readonly<{ family: Family; type: avro.Type; resolver: avro.Resolver }>

/**
 * Reads values in either framing. `registered` gives the text of a schema by its number in the registry.
 * @returns a function that throws an Error on a value that is not of ours, or of a schema that nobody knows
 */
export function createDecoder(registered?: (id: number) => Promise<string>): (bytes: Buffer) => Promise<Decoded> {
  const known = new Map(
    schemas.map((schema) => [schema.fingerprint.toString('hex'), readerOf(schema.family, schema.type)]),
  )
  const byNumber = new Map<number, Promise<Reader>>()
  const readerFor = (id: number): Promise<Reader> => {
    const reading = byNumber.get(id) ?? askFor(id)
    byNumber.set(id, reading)
    reading.catch(() => byNumber.delete(id)) // Asked again next time.
    return reading
  }
  const askFor = async (id: number): Promise<Reader> => {
    if (!registered) throw new Error(`the value is of schema ${id} of a registry, but none is set`)
    const type = typeOf(await registered(id))
    const schema = schemas.find(({ name }) => name === type.name)
    if (!schema) throw new Error(`schema ${id} (${type.name}) is not of ours`)
    return readerOf(schema.family, type)
  }
  return async (bytes) => {
    if (bytes[0] === 0 && bytes.length > CONFLUENT_BYTES)
      return read(await readerFor(bytes.readInt32BE(1)), bytes.subarray(CONFLUENT_BYTES))
    const reader = bytes.subarray(0, 2).equals(SINGLE_OBJECT)
      ? known.get(bytes.subarray(2, SINGLE_OBJECT_BYTES).toString('hex'))
      : undefined
    if (!reader) throw new Error('the value was written by a schema that is not known here')
    return read(reader, bytes.subarray(SINGLE_OBJECT_BYTES))
  }
}

function readerOf(family: Family, writer: avro.Type): Reader {
  const { type } = newestOf(family)
  return { family, type, resolver: type.createResolver(writer) }
}

function read({ family, type, resolver }: Reader, bytes: Buffer): Decoded {
  return { family, value: type.fromBuffer(bytes, resolver) as Decoded['value'] }
}
