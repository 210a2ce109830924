import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { EntropyFix } from './chain.ts'
import { isHex32 } from './seed.ts'

/**
 * A public randomness beacon of the drand kind, unchained: round r (from 1 on) is due at
 * `genesis_ms + (r − 1) × period_ms`, its value is the SHA-256 of its signature, and the signature is a BLS one by
 * `publicKey` (hex) over SHA-256 of r as eight bytes, most significant first.
 */
export type Beacon = Readonly<{ chain: string; publicKey: string; genesis_ms: number; period_ms: number }>

/** The network `quicknet` of the League of Entropy: BLS signatures on G1 of BLS12-381, a round every three seconds. */
export const QUICKNET: Beacon = {
  chain: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  publicKey:
    '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb' +
    '5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  genesis_ms: 1_692_803_367_000,
  period_ms: 3_000,
}

/** What stands between a decision and its commit at most, unless the database is away. */
const COMMIT_MS = 1_000

/** A round with its signature, for whoever can check BLS signatures. */
export type SignedRound = Readonly<{ publicKey: string; round: number; signature: string }>

/** Whether the signature is the beacon's for this round. Pure; synchronous. */
export type VerifyBeacon = (signed: SignedRound) => boolean

/** When `round` is due, unix ms. */
export function beaconDue({ genesis_ms, period_ms }: Beacon, round: number): number {
  return genesis_ms + (round - 1) * period_ms
}

/** The first round due at least two whole periods after what is decided at `now_ms` is committed. */
export function fixBeacon(beacon: Beacon, now_ms: number): EntropyFix {
  const { chain, publicKey, genesis_ms, period_ms } = beacon
  const round = Math.max(1, Math.ceil((now_ms + COMMIT_MS - genesis_ms) / period_ms) + 3)
  return { source: `drand:${chain}`, round, due_ms: beaconDue(beacon, round), anchor: publicKey }
}

/** The value of a round: SHA-256 of its signature. Undefined when that is not hex. */
export function beaconValue(signature: string): string | undefined {
  return /^([0-9a-f]{2})+$/.test(signature) ? bytesToHex(sha256(hexToBytes(signature))) : undefined
}

/** What is wrong with a value that is said to be of the beacon; undefined when nothing is. */
export function beaconFault(
  {
    source,
    round,
    anchor,
    value,
    signature,
  }: Readonly<{ [key in 'source' | 'anchor' | 'value']: string }> &
    Readonly<{ round: number; signature: string | undefined }>,
  verifyBeacon: VerifyBeacon | undefined,
): string | undefined {
  if (source !== `drand:${QUICKNET.chain}` || anchor !== QUICKNET.publicKey) return 'this is not a known drand network'
  if (!Number.isSafeInteger(round) || round < 1) return 'drand has no such round'
  if (typeof signature !== 'string' || !isHex32(value)) return 'the drand round comes without its signature'
  if (beaconValue(signature) !== value) return 'the public value is not that of the signature'
  if (verifyBeacon === undefined) return 'the signature of the drand round cannot be checked here'
  return verifyBeacon({ publicKey: anchor, round, signature })
    ? undefined
    : 'the signature is not drand’s for this round'
}
