import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { checkpointText, LEDGER_PROOF, type LedgerProof, type ProofStep } from '../schema/ledger-proof.ts'

/**
 * What a proof is checked for, in this order: its shape; that the text is the outcome's and leads to its batch's digest; that
 * the batch leads to the checkpoint; that the key is one the checker trusts; that it signed the checkpoint.
 */
export type ProofStage = 'format' | 'outcome' | 'batch' | 'key' | 'signature'

/** `lines` are the proven outcome, its transfers, its hold and freeze steps and its events, each split into its fields. */
export type ProofVerdict =
  | Readonly<{ ok: true; id: string; at_ms: number; lines: readonly (readonly string[])[] }>
  | Readonly<{ ok: false; stage: ProofStage }>

/** Checks an Ed25519 signature; key 32 bytes, signature 64. */
export type VerifySignature = (
  signed: Readonly<{
    key: Uint8Array<ArrayBuffer>
    signature: Uint8Array<ArrayBuffer>
    message: Uint8Array<ArrayBuffer>
  }>,
) => Promise<boolean>

/**
 * Checks a proof made by `npm run audit -- --prove`, from nothing but itself and the public keys (hex) the checker trusts:
 * those of `/.well-known/ledger-checkpoints`, seen before. Never throws; a proof of any other shape fails at `format`.
 */
export async function verifyLedgerProof(
  proof: unknown,
  {
    keys,
    verifySignature = verifyByWebCrypto,
  }: Readonly<{ keys: readonly string[]; verifySignature?: VerifySignature }>,
): Promise<ProofVerdict> {
  if (!isProof(proof)) return { ok: false, stage: 'format' }
  const { outcome, batch, checkpoint } = proof
  const lines = outcome.text.split('\n').map((line) => line.split('\t'))
  if (lines[0]![0] !== 'outcome' || lines[0]![1] !== outcome.id) return { ok: false, stage: 'outcome' }
  const leaf = sha256(concatBytes(LEAF, hexToBytes(outcome.salt), utf8ToBytes(outcome.text)))
  if (rootOf(leaf, outcome.path) !== batch.digest) return { ok: false, stage: 'outcome' }
  const link = sha256(
    concatBytes(hexToBytes(batch.previous), hexToBytes(batch.digest), int8(batch.last_seq), int8(batch.at_ms)),
  )
  if (rootOf(sha256(concatBytes(LEAF, link)), batch.path) !== checkpoint.root) return { ok: false, stage: 'batch' }
  if (
    !isWithin(batch.last_seq, checkpoint) ||
    (batch.last_seq === checkpoint.seq && bytesToHex(link) !== checkpoint.hash)
  )
    return { ok: false, stage: 'batch' }
  const key = hexToBytes(checkpoint.public_key)
  if (!keys.includes(checkpoint.public_key) || bytesToHex(sha256(key)).slice(0, 16) !== checkpoint.key_id)
    return { ok: false, stage: 'key' }
  const message = utf8ToBytes(checkpointText(checkpoint)) as Uint8Array<ArrayBuffer>
  const signature = hexToBytes(checkpoint.signature) as Uint8Array<ArrayBuffer>
  const signed = await verifySignature({ key, signature, message }).catch(() => false)
  return signed ? { ok: true, id: outcome.id, at_ms: batch.at_ms, lines } : { ok: false, stage: 'signature' }
}

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/** From a leaf along its neighbours to the root, in hex. */
function rootOf(leaf: Uint8Array, path: readonly ProofStep[]): string {
  let at = leaf
  for (const { side, hash } of path) {
    const other = hexToBytes(hash)
    at = sha256(side === 'left' ? concatBytes(NODE, other, at) : concatBytes(NODE, at, other))
  }
  return bytesToHex(at)
}

/** A whole number as 8 bytes, big-endian. */
function int8(value: string | number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value))
  return bytes
}

function isWithin(seq: string, { since, seq: until }: LedgerProof['checkpoint']): boolean {
  return BigInt(seq) > BigInt(since) && BigInt(seq) <= BigInt(until)
}

async function verifyByWebCrypto({ key, signature, message }: Parameters<VerifySignature>[0]): Promise<boolean> {
  const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', imported, signature, message)
}

/** Every field in the one way it is written: nothing in a proof can differ and still be the same. */
function isProof(proof: unknown): proof is LedgerProof {
  if (!isRecord(proof) || proof.format !== LEDGER_PROOF) return false
  const { outcome, batch, checkpoint } = proof
  return (
    isRecord(outcome) &&
    isText(outcome.id) &&
    isText(outcome.text) &&
    isHex(outcome.salt, 32) &&
    isPath(outcome.path) &&
    isRecord(batch) &&
    isHex(batch.previous, 32) &&
    isHex(batch.digest, 32) &&
    isSeq(batch.last_seq) &&
    isTime(batch.at_ms) &&
    isPath(batch.path) &&
    isCheckpoint(checkpoint)
  )
}

function isCheckpoint(checkpoint: unknown): boolean {
  return (
    isRecord(checkpoint) &&
    isText(checkpoint.lineage) &&
    !checkpoint.lineage.includes('\n') &&
    isSeq(checkpoint.since) &&
    isSeq(checkpoint.seq) &&
    isHex(checkpoint.hash, 32) &&
    isHex(checkpoint.root, 32) &&
    isTime(checkpoint.at_ms) &&
    isHex(checkpoint.key_id, 8) &&
    isHex(checkpoint.public_key, 32) &&
    isHex(checkpoint.signature, 64)
  )
}

function isPath(path: unknown): boolean {
  if (!Array.isArray(path) || path.length > 64) return false
  return path.every(
    (step: unknown) => isRecord(step) && (step.side === 'left' || step.side === 'right') && isHex(step.hash, 32),
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Well formed, so that its UTF-8 is its own and no other text's. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed()
}

function isHex(value: unknown, bytes: number): boolean {
  return typeof value === 'string' && value.length === 2 * bytes && /^[0-9a-f]*$/.test(value)
}

function isSeq(value: unknown): boolean {
  return typeof value === 'string' && /^(0|[1-9][0-9]{0,17})$/.test(value)
}

function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
