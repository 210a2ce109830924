import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import avro from 'avsc'
import { rabin } from './rabin.ts'

/** Every version of the schema of each family of events, the oldest first. A version that has landed is never changed. */
const files = {
  transaction: ['transaction-event.v1', 'transaction-event.v2'],
  battle: ['battle-event.v1'],
  inventory: ['inventory-event.v1'],
  admin: ['admin-event.v1'],
} as const

export type Family = keyof typeof files
export const familyNames = Object.keys(files) as readonly Family[]

export type Schema = Readonly<{
  family: Family
  version: number
  /** As it stands in its file. */
  text: string
  /** With its namespace. */
  name: string
  type: avro.Type
  /** CRC-64-AVRO of its canonical form, as it stands in front of a value: 8 bytes. */
  fingerprint: Buffer
}>

/** Packed at once by whoever asked for it, so that one is enough. */
const longBytes = Buffer.alloc(8)

/** Avro's long as bigint, so that no amount is ever rounded. */
// oxlint-disable-next-line no-underscore-dangle -- the package's name for it
const bigLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    longBytes.writeBigInt64LE(value)
    return longBytes
  },
  fromJSON: (value: number) => BigInt(value), // of the schema's defaults
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint' && value === BigInt.asIntN(64, value),
  compare: (one: bigint, other: bigint) => (one < other ? -1 : one > other ? 1 : 0),
})

/** Reads a schema so that its longs are bigint in JavaScript. */
export function typeOf(text: string): avro.Type {
  // One with a logical type (a time) is an object of its own, which the registry of names does not reach.
  const typeHook = (schema: unknown): avro.Type | undefined =>
    (schema as { type?: unknown }).type === 'long' ? bigLong : undefined
  return avro.Type.forSchema(JSON.parse(text) as avro.Schema, { registry: { long: bigLong }, typeHook })
}

/** All schemas there are, read once. */
export const schemas: readonly Schema[] = familyNames.flatMap((family) =>
  files[family].map((file, i) => {
    const text = readFileSync(join(import.meta.dirname, `${file}.avsc`), 'utf8')
    const plain = avro.Type.forSchema(JSON.parse(text) as avro.Schema)
    const fingerprint = rabin(Buffer.from(JSON.stringify(plain.schema())))
    return { family, version: i + 1, text, name: plain.name!, type: typeOf(text), fingerprint }
  }),
)

export function versionsOf(family: Family): readonly Schema[] {
  return schemas.filter((schema) => schema.family === family)
}

export function newestOf(family: Family): Schema {
  return versionsOf(family).at(-1)!
}
