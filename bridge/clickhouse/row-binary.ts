/** Where the buffer starts and what it may grow to: above the size at which a chunk is cut, by far. */
const BYTES_FIRST = 1 << 20
const BYTES_MAX = 1 << 30

/** Writes values in ClickHouse's format RowBinary, one after the other, into one buffer that is used again and again. */
export class RowBinary {
  #buffer = Buffer.allocUnsafe(BYTES_FIRST)
  #at = 0

  /** Bytes written since it was last cleared. */
  get length(): number {
    return this.#at
  }

  /** Forgets what was written after `length`: half a row, say. */
  cut(length: number): void {
    this.#at = length
  }

  /** What was written. It lasts until the next value is. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#at)
  }

  uint64(value: bigint): void {
    this.#room(8)
    this.#at = this.#buffer.writeBigUInt64LE(value, this.#at)
  }

  int64(value: bigint): void {
    this.#room(8)
    this.#at = this.#buffer.writeBigInt64LE(value, this.#at)
  }

  /** The length of a text or an array, as LEB128. */
  length32(value: number): void {
    this.#room(5)
    let left = value
    for (; left > 127; left >>>= 7) this.#buffer[this.#at++] = (left & 127) | 128
    this.#buffer[this.#at++] = left
  }

  text(value: string): void {
    const bytes = Buffer.byteLength(value)
    this.length32(bytes)
    this.#room(bytes)
    this.#at += this.#buffer.write(value, this.#at)
  }

  /** Two numbers of 64 bits, the higher half first, each from its lowest byte on. */
  uuid(value: string): void {
    const digits = value.replaceAll('-', '')
    if (!/^[0-9a-f]{32}$/.test(digits)) throw new TypeError(`${JSON.stringify(value)} is no UUID`)
    this.#room(16)
    for (const from of [8, 0, 24, 16])
      this.#at = this.#buffer.writeUInt32LE(Number.parseInt(digits.slice(from, from + 8), 16), this.#at)
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    const size = Math.max(2 * this.#buffer.length, this.#at + bytes)
    if (size > BYTES_MAX) throw new RangeError(`a chunk of more than ${BYTES_MAX} bytes`)
    const grown = Buffer.allocUnsafe(size)
    this.#buffer.copy(grown, 0, 0, this.#at)
    this.#buffer = grown
  }
}
