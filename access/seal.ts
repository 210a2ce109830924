import { createCipheriv, createDecipheriv, createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { deriveKey } from './key.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Keeps a secret at rest. What was sealed for one context opens for no other. */
export interface Sealer {
  /** `text` encrypted, as base64url. `context` says what it belongs to, such as `battle-seed/<battle id>`. */
  seal(text: string, context: string): string
  /** The text again. Throws an Error when it was sealed with another key or for another context, or was changed. */
  open(sealed: string, context: string): string
  /** 128 bits as 22 characters of base64url that always follow from the context, and only for who has the key. */
  word(context: string): string
}

/** The context under which the server seed of a battle rests. */
export const battleSeedContext = (battle: string): string => `battle-seed/${battle}`

/** AES-256-GCM (NIST SP 800-38D) with a random nonce; the context is authenticated with it. `secretKey` is 32 bytes. */
export function createSealer(secretKey: Uint8Array): Sealer {
  const key = createSecretKey(deriveKey(secretKey, 'seal'))
  const wordKey = createSecretKey(deriveKey(secretKey, 'word'))
  return {
    seal(text, context) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error(`not a sealed text (${context})`)
      const nonce = bytes.subarray(0, NONCE_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES))
      const body = bytes.subarray(NONCE_BYTES, -TAG_BYTES)
      return decipher.update(body, undefined, 'utf8') + decipher.final('utf8')
    },
    word: (context) => createHmac('sha256', wordKey).update(context).digest().subarray(0, 16).toString('base64url'),
  }
}
