import { headOf } from '../../schema/avro/framing.ts'
import { familyNames, newestOf, type Family } from '../../schema/avro/schemas.ts'

/** Turns a record into the bytes of a message. Throws an Error that names the field when the record does not fit its schema. */
export type Encoder = (family: Family, record: Record<string, unknown>) => Buffer

/** `registered` holds each family's number in the schema registry; undefined where there is none. */
export function createEncoder(registered?: ReadonlyMap<Family, number>): Encoder {
  let scratch = Buffer.alloc(65_536)
  const heads = new Map(familyNames.map((family) => [family, headOf(newestOf(family), registered?.get(family))]))
  return (family, record) => {
    const { type } = newestByFamily[family]
    const head = heads.get(family)!
    head.copy(scratch)
    let end = type.encode(record, scratch, head.length)
    if (end < 0) {
      scratch = Buffer.alloc(2 * (scratch.length - end))
      head.copy(scratch)
      end = type.encode(record, scratch, head.length)
    }
    return Buffer.from(scratch.subarray(0, end))
  }
}

const newestByFamily = {
  transaction: newestOf('transaction'),
  battle: newestOf('battle'),
  inventory: newestOf('inventory'),
  admin: newestOf('admin'),
} as const satisfies Record<Family, unknown>
