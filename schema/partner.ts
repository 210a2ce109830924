import { z } from 'zod'

/** The headers of a signed call. Their values are printable ASCII. */
export const partnerHeaders = {
  key: 'x-rollingdrop-key',
  timestamp: 'x-rollingdrop-timestamp',
  nonce: 'x-rollingdrop-nonce',
  signature: 'x-rollingdrop-signature',
} as const

/** How far a time stamp may lie from our clock, either way, in seconds. */
export const PARTNER_SKEW_S = 300

/** What a signature covers. `path` is what stands in the request line, query and escapes included. */
export type Signable = Readonly<{
  key: string
  method: string
  path: string
  /** Unix seconds, as digits. */
  timestamp: string
  nonce: string
  /** SHA-256 of the body in hex; of no bytes where there is no body. */
  bodyHash: string
}>

const VERSION = 'rollingdrop/partner/1'

/**
 * The text that is signed: each part behind its length in bytes and before a line's end, so that no two calls share one
 * text. All parts are ASCII, so a character is a byte.
 */
export function signedText({ key, method, path, timestamp, nonce, bodyHash }: Signable): string {
  const parts = [VERSION, key, method, path, timestamp, nonce, bodyHash]
  return parts.map((part) => `${part.length}:${part}\n`).join('')
}

/** A partner's name in commands and key ids. */
export const partnerName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,29}$/)
  .describe('2 to 30 small letters, digits and hyphens, a letter first')
