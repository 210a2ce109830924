import { hkdfSync } from 'node:crypto'

/** What a key is used for. A label is never used for two things and never changes: what it sealed would be lost. */
const labels = {
  refresh: 'rollingdrop/refresh-token/1',
  seal: 'rollingdrop/seal/1',
  word: 'rollingdrop/word/1',
} as const

/**
 * The 32-byte key for one purpose, from the configured secret key by HKDF-SHA-256 (RFC 5869). Knowing one derived key
 * tells nothing about another.
 * @param secretKey 32 bytes
 */
export function deriveKey(secretKey: Uint8Array, purpose: keyof typeof labels): Buffer {
  if (secretKey.length !== 32) throw new RangeError(`the secret key is 32 bytes, not ${secretKey.length}`)
  return Buffer.from(hkdfSync('sha256', secretKey, '', labels[purpose], 32))
}
