import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { EntropyRef } from '../../schema/battle-event.ts'
import { isHex32 } from './seed.ts'

/** The longest chain: what a verifier is prepared to hash, about half a second in a browser. */
export const CHAIN_LENGTH_MAX = 2 ** 18

/** A value is found by hashing on from the checkpoint before it: at most this many hashes. */
const CHECKPOINT_EVERY = 256

/**
 * A hash chain: x₀ = seed, xᵢ₊₁ = sha256(xᵢ), head = x_length. The value of round r is x_(length−1−r): hashing it r+1
 * times gives the head, and no value tells anything of a later round's. `checkpoints` (every 256th x, 32 bytes each) are
 * as secret as the seed; only `head` is published, before the first round.
 */
export type Chain = Readonly<{ head: string; length: number; checkpoints: Uint8Array }>

/** When the rounds of a published chain are due: round r at `starts_at_ms + r × period_ms`, r in 0 … length−1. */
export type ChainSchedule = Readonly<{
  id: string
  head: string
  length: number
  starts_at_ms: number
  period_ms: number
}>

/** A public value named before it exists, with the `anchor` (hex, published beforehand) it will be checked against. */
export type EntropyFix = EntropyRef & Readonly<{ anchor: string }>

/** Computes a chain of `length` (1 … 2^18) values from a secret seed of 64 hex digits. Costs `length` hashes. */
export function makeChain(seed: string, length: number): Chain {
  if (!isHex32(seed)) throw new RangeError('the seed of a chain is 64 lower-case hex digits')
  if (!Number.isInteger(length) || length < 1 || length > CHAIN_LENGTH_MAX) {
    throw new RangeError(`the length of a chain is 1 … ${CHAIN_LENGTH_MAX}`)
  }
  const checkpoints = new Uint8Array(Math.ceil(length / CHECKPOINT_EVERY) * 32)
  let x: Uint8Array = hexToBytes(seed)
  for (let i = 0; i < length; i++) {
    if (i % CHECKPOINT_EVERY === 0) checkpoints.set(x, (i / CHECKPOINT_EVERY) * 32)
    x = sha256(x)
  }
  return { head: bytesToHex(x), length, checkpoints }
}

/** The value of `round` in hex. A secret until the round is due. Costs at most 255 hashes. */
export function chainValue(chain: Chain, round: number): string {
  if (!Number.isInteger(round) || round < 0 || round >= chain.length) {
    throw new RangeError(`round ${round} is not in a chain of ${chain.length}`)
  }
  const i = chain.length - 1 - round
  const start = Math.floor(i / CHECKPOINT_EVERY)
  return bytesToHex(hashTimes(chain.checkpoints.slice(start * 32, start * 32 + 32), i % CHECKPOINT_EVERY))
}

/** Whether `value` is what the chain with this head holds for `round`: hashed round+1 times it gives the head. */
export function verifyChainValue(head: string, round: number, value: string): boolean {
  if (!isHex32(value) || !Number.isInteger(round) || round < 0 || round >= CHAIN_LENGTH_MAX) return false
  return bytesToHex(hashTimes(hexToBytes(value), round + 1)) === head
}

/** When `round` is due, unix ms. */
export function chainDue(schedule: ChainSchedule, round: number): number {
  return schedule.starts_at_ms + round * schedule.period_ms
}

/** The first round due at least one whole period after `now_ms`. Null when the chain ends before. */
export function entropyRoundAfter(schedule: ChainSchedule, now_ms: number): number | null {
  const round = Math.max(0, Math.ceil((now_ms - schedule.starts_at_ms) / schedule.period_ms) + 1)
  return round < schedule.length ? round : null
}

/** The value that decides what starts at `now_ms`: that of the round above. Null when the chain ends before. */
export function fixEntropy(schedule: ChainSchedule, now_ms: number): EntropyFix | null {
  const round = entropyRoundAfter(schedule, now_ms)
  if (round === null) return null
  return { source: `chain:${schedule.id}`, round, due_ms: chainDue(schedule, round), anchor: schedule.head }
}

function hashTimes(start: Uint8Array, times: number): Uint8Array {
  let x = start
  for (let i = 0; i < times; i++) x = sha256(x)
  return x
}
