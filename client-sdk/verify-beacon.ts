import { bls12_381 } from '@noble/curves/bls12-381.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { hexToBytes } from '@noble/hashes/utils.js'
import type { SignedRound } from '../game/fairness/beacon.ts'

/** RFC 9380's suite for signatures on G1, as drand's scheme `bls-unchained-g1-rfc9380` uses it. */
const DST = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_'

/**
 * Whether `signature` is the beacon's over this round: a BLS signature on G1 of BLS12-381 over the SHA-256 of the round as
 * eight bytes, most significant first. Never throws. Takes some tens of milliseconds.
 */
export function verifyBeacon({ publicKey, round, signature }: SignedRound): boolean {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(round))
  const { shortSignatures } = bls12_381
  try {
    const message = shortSignatures.hash(sha256(bytes), DST)
    return shortSignatures.verify(hexToBytes(signature), message, hexToBytes(publicKey))
  } catch {
    return false // What is no point of the curve is no signature.
  }
}
