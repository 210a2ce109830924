import type { Message } from 'kafkajs'

/** A message as it is to stand in its partition. */
export type MessageRecord = Readonly<{ key: Buffer; value: Buffer; headers: Readonly<{ [name: string]: string }> }>

/**
 * Records of one partition in one request, for the client. The client encodes a message in some 20 µs, most of it in buffers that
 * it throws away; here it takes 2. So it is given empty messages in place of ours, the first of which names the batch, and
 * hands over what it encoded of them to be compressed: there ours take their place. Count, sequence numbers, offsets and checksum are
 * the client's, and fit because ours are as many.
 */
export class RecordBatch {
  readonly messages: readonly Message[]
  readonly #records: readonly MessageRecord[]
  readonly #name: string
  #isSent = false

  constructor(records: readonly MessageRecord[], partition: number) {
    const token = Buffer.alloc(TOKEN_BYTES)
    TOKEN_MARK.copy(token)
    token.writeUInt32BE((last = (last + 1) >>> 0), TOKEN_MARK.length)
    const first: Message = { key: null, value: token, partition }
    const other: Message = { key: null, value: null, partition }
    this.messages = Array.from({ length: records.length }, (_, i) => (i === 0 ? first : other))
    this.#records = records
    this.#name = token.toString('latin1')
    pending.set(this.#name, this)
  }

  /** To be called once the request is over, however it ended. */
  forget(): void {
    pending.delete(this.#name)
  }

  /** Throws when what was sent was not these records: then nothing may be committed. */
  assertSent(): void {
    if (!this.#isSent) throw new Error('the client of Kafka has not sent our records: its codec for LZ4 is not ours')
  }

  /** What is compressed in place of `encoded`. Asked again when the client sends again. */
  static substitute(encoded: Buffer): Buffer {
    const batch = pending.get(encoded.toString('latin1', TOKEN_AT, TOKEN_AT + TOKEN_BYTES))
    if (!batch) return encoded
    batch.#isSent = true
    return encodeRecords(batch.#records)
  }
}

const TOKEN_MARK = Buffer.from('rollingdrop batch ')
const TOKEN_BYTES = TOKEN_MARK.length + 4
/** Where the value of the first record begins: behind five lengths and numbers and the attributes, a byte each. */
const TOKEN_AT = 6

let last = 0
const pending = new Map<string, RecordBatch>()

/** Records of a batch (Kafka protocol, "Record"): all of the batch's own time, with offsets from 0. */
export function encodeRecords(records: readonly MessageRecord[]): Buffer {
  const writer = new Writer()
  records.forEach((record, i) => writer.record(record, i))
  return writer.bytes
}

/** A varint of 32 bits takes 5 bytes at most. */
const VARINT_BYTES = 5

class Writer {
  #buffer = Buffer.allocUnsafe(65_536)
  #end = 0

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#end)
  }

  record({ key, value, headers }: MessageRecord, offset: number): void {
    const names = Object.keys(headers)
    const most = names.reduce((sum, name) => sum + 3 * (name.length + headers[name]!.length) + 2 * VARINT_BYTES, 0)
    this.#reserve(most + key.length + value.length + 8 * VARINT_BYTES)
    const begin = this.#end
    // The length comes first and is known last: the record moves up to it.
    this.#end += VARINT_BYTES
    this.#buffer[this.#end++] = 0 // attributes: none are in use
    this.#buffer[this.#end++] = 0 // time after the batch's
    this.#varint(offset)
    this.#bytes(key)
    this.#bytes(value)
    this.#varint(names.length)
    for (const name of names) {
      this.#text(name)
      this.#text(headers[name]!)
    }
    const [from, to] = [begin + VARINT_BYTES, this.#end]
    this.#end = begin
    this.#varint(to - from)
    this.#buffer.copyWithin(this.#end, from, to)
    this.#end += to - from
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(2 * this.#buffer.length + bytes)
    this.#buffer.copy(larger, 0, 0, this.#end)
    this.#buffer = larger
  }

  #varint(value: number): void {
    let rest = (value << 1) ^ (value >> 31)
    while ((rest & ~0x7f) !== 0) {
      this.#buffer[this.#end++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#buffer[this.#end++] = rest
  }

  #bytes(bytes: Buffer): void {
    this.#varint(bytes.length)
    this.#end += bytes.copy(this.#buffer, this.#end)
  }

  #text(text: string): void {
    const length = Buffer.byteLength(text)
    this.#varint(length)
    this.#end += this.#buffer.write(text, this.#end, 'utf8')
  }
}
