import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

declare const outcomeId: unique symbol

/** A UUIDv7 made by us, or a UUIDv8 derived from one that keeps its time bits (RFC 9562). Lower case, with hyphens. */
export type OutcomeId = string & { readonly [outcomeId]: true }

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

export function isOutcomeId(text: string): text is OutcomeId {
  return shape.test(text)
}

function format(bytes: Uint8Array, version: 7 | 8): OutcomeId {
  bytes[6] = (version << 4) | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytesToHex(bytes)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as OutcomeId
}

/** A fresh UUIDv7: 48 bits of `unix_ms`, then 74 random bits. */
export function uuidv7(unix_ms: number = Date.now()): OutcomeId {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  writeTime(bytes, unix_ms)
  return format(bytes, 7)
}

/** The id that `word` gives to `parent`: always the same, with the parent's time bits, so that it lies in the same partition. */
export function derivedId(parent: string, word: string): OutcomeId {
  const bytes = sha256(utf8ToBytes(`${parent}/${word}`)).slice(0, 16)
  writeTime(bytes, timeOf(parent))
  return format(bytes, 8)
}

/** The unix time in ms that stands in a UUIDv7, or in a UUIDv8 derived from one. */
export function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}

function writeTime(bytes: Uint8Array, unix_ms: number): void {
  let rest = unix_ms
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
}
