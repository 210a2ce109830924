import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { hashBox, type Box } from '../../schema/box.ts'
import { toCanonicalJson } from '../../schema/json.ts'
import { ALGORITHM } from './line.ts'

/**
 * What a battle commits to when it is created: SHA-256, in hex, over the rules version, its rule as text, the hashes of the
 * distinct boxes and which of them is opened in each round (`rounds`, indexes into `boxes`).
 */
export function boxesHash(boxes: readonly Box[], rounds: readonly number[], rule: string): string {
  const commitment = { algorithm: ALGORITHM, boxes: boxes.map(hashBox), mode: rule, rounds }
  return bytesToHex(sha256(utf8ToBytes(toCanonicalJson(commitment))))
}
