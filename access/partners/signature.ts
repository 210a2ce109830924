import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { RollingDropError } from '../../schema/errors.ts'
import { PARTNER_SKEW_S, partnerHeaders, signedText } from '../../schema/partner.ts'
import type { NewPartnerKey, SignedRequest } from '../partner.ts'

/** What a signed request says of itself, in shape but not yet checked. */
export type Claim = Readonly<{ key: string; timestamp_ms: number; nonce: string; signature: string; text: string }>

const KEY = /^[a-z0-9-]{1,48}$/
const TIMESTAMP = /^[0-9]{1,12}$/
const NONCE = /^[A-Za-z0-9_-]{16,64}$/
const SIGNATURE = /^[0-9a-f]{64}$/
const ASCII = /^[\x21-\x7e]*$/

/** Reads the headers. Throws `partner/key-missing` where one is missing, and the code of the first that has a wrong shape. */
export function claimOf({ method, path, headers, body }: SignedRequest): Claim {
  const { key, timestamp, nonce, signature } = partnerHeaders
  const read = (header: string): string => {
    const value = headers[header]
    if (value === undefined || value === '') throw new RollingDropError('partner/key-missing', { header })
    return value
  }
  const given = { key: read(key), timestamp: read(timestamp), nonce: read(nonce), signature: read(signature) }
  if (!KEY.test(given.key)) throw new RollingDropError('partner/key-unknown')
  if (!TIMESTAMP.test(given.timestamp)) throw new RollingDropError('partner/stale', { expected: 'unix seconds' })
  if (!NONCE.test(given.nonce)) throw unreadable(nonce, '16 to 64 letters, digits, - and _')
  if (!SIGNATURE.test(given.signature)) throw unreadable(signature, '64 small hex digits')
  if (!ASCII.test(path)) throw new RollingDropError('partner/signature', { expected: 'a path in ASCII' })
  const bodyHash = createHash('sha256').update(body).digest('hex')
  return {
    key: given.key,
    timestamp_ms: Number(given.timestamp) * 1000,
    nonce: given.nonce,
    signature: given.signature,
    text: signedText({ ...given, method, path, bodyHash }),
  }
}

/** Throws `partner/stale` or `partner/signature`. Takes the same time whichever digit is wrong. */
export function checkClaim({ timestamp_ms, text, signature }: Claim, secret: string, now_ms: number): void {
  if (Math.abs(now_ms - timestamp_ms) > PARTNER_SKEW_S * 1000)
    throw new RollingDropError('partner/stale', { now: Math.floor(now_ms / 1000), skew_max_s: PARTNER_SKEW_S })
  const expected = createHmac('sha256', secret).update(text).digest()
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) throw new RollingDropError('partner/signature')
}

/** The headers of a call, signed now with a fresh nonce: what a partner does. */
export function signRequest(
  { id, secret }: NewPartnerKey,
  request: Readonly<{ method: string; path: string; body?: Uint8Array | string }>,
  now_ms: number = Date.now(),
): Record<string, string> {
  const { method, path, body = '' } = request
  const timestamp = String(Math.floor(now_ms / 1000))
  const nonce = randomBytes(16).toString('base64url')
  const bodyHash = createHash('sha256').update(body).digest('hex')
  const text = signedText({ key: id, method, path, timestamp, nonce, bodyHash })
  return {
    [partnerHeaders.key]: id,
    [partnerHeaders.timestamp]: timestamp,
    [partnerHeaders.nonce]: nonce,
    [partnerHeaders.signature]: createHmac('sha256', secret).update(text).digest('hex'),
  }
}

function unreadable(header: string, expected: string): RollingDropError {
  return new RollingDropError('partner/signature', { header, expected })
}
