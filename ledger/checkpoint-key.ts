import { createPrivateKey, createPublicKey, hash, hkdfSync, sign, verify } from 'node:crypto'
import { checkpointText, type SignedCheckpoint } from '../schema/ledger-proof.ts'

/** Signs checkpoints. `id` is the first 16 hex digits of the public key's SHA-256. */
export type CheckpointKey = Readonly<{ id: string; public_key: string; sign(text: string): string }>

/** The DER of an Ed25519 private and public key, before its 32 bytes (RFC 8410). */
const PRIVATE_DER = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_DER = Buffer.from('302a300506032b6570032100', 'hex')

/** The Ed25519 key that follows from the installation's secret key (HKDF-SHA-256), the same on every node. */
export function checkpointKey(secretKey: Uint8Array): CheckpointKey {
  const seed = Buffer.from(hkdfSync('sha256', secretKey, '', 'rollingdrop/ledger-checkpoint/1', 32))
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_DER, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_DER.length)
  const public_key = publicKey.toString('hex')
  return { id: keyId(public_key), public_key, sign: (text) => sign(null, Buffer.from(text), key).toString('hex') }
}

/** Whether the checkpoint names its key rightly and is signed by it. Whose key it is, is for the reader to know. */
export function isSigned(checkpoint: SignedCheckpoint): boolean {
  const { key_id, public_key, signature } = checkpoint
  if (!/^[0-9a-f]{64}$/.test(public_key) || keyId(public_key) !== key_id) return false
  const spki = Buffer.concat([PUBLIC_DER, Buffer.from(public_key, 'hex')])
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  return verify(null, Buffer.from(checkpointText(checkpoint)), key, Buffer.from(signature, 'hex'))
}

function keyId(public_key: string): string {
  return hash('sha256', Buffer.from(public_key, 'hex'), 'hex').slice(0, 16)
}
