import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** A user as strangers see one: always the same label for the same user, and the same one for thousands of them. */
export function maskedUser(user: string): string {
  return `${bytesToHex(sha256(utf8ToBytes(user)).subarray(0, 2)).slice(0, 3)}•••`
}
