import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { toCanonicalJson } from './json.ts'

/** SHA-256, in hex, of a command's canonical JSON: an outcome's `request`. Equal commands have equal digests. */
export function digestOf(command: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(toCanonicalJson(command))))
}
