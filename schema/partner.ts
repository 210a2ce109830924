import { z } from 'zod'
import { feedFrame } from './live-feed.ts'

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

const header = (name: string, description: string) => ({ type: 'apiKey', in: 'header', name, description }) as const

/** What the API's document says of how calls are signed. */
export const partnerSecuritySchemes = {
  partnerKey: header(partnerHeaders.key, 'The id of an API key.'),
  partnerSignature: header(
    partnerHeaders.signature,
    `HMAC-SHA256 with the key's secret, in hex, beside \`${partnerHeaders.timestamp}\` (unix seconds, within ${PARTNER_SKEW_S} of now) and
\`${partnerHeaders.nonce}\` (16 to 64 letters, digits, - and _, used once). What is signed, with programs that do it, stands in docs/partners.md.`,
  ),
} as const

/** The security of a signed route. */
export const PARTNER_SECURITY = [{ partnerKey: [], partnerSignature: [] }]

/** A partner's name in commands and key ids. */
export const partnerName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,29}$/)
  .describe('2 to 30 small letters, digits and hyphens, a letter first')

/** Events of one page of a topic at most. */
export const STREAM_PAGE_MAX = 1000

/** How a topic is asked for page by page. `tenant` may be named, for those who look after several; it must be the partner's own. */
export const streamQuery = z.object({
  since: z.string().max(64).optional().describe('a position; left out: from the oldest event that is kept'),
  limit: z.coerce.number().int().min(1).max(STREAM_PAGE_MAX).default(100),
  tenant: z.string().max(64).optional(),
})

/** A page of a topic: all of its events with `from` < seq ≤ `to`, which may be none. */
export const streamPage = feedFrame.omit({ conflated: true }).extend({
  next: z
    .string()
    .nullable()
    .describe('`since` of the next page; null: up to `to` that was all, come back with it later'),
})
export type StreamPage = z.infer<typeof streamPage>
