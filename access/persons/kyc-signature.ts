import { createHmac, timingSafeEqual } from 'node:crypto'
import { RollingDropError } from '../../schema/errors.ts'

/** How far the time of a call may lie from ours. */
const STALE_MS = 300_000

/** What both sides put into headers: the time in unix ms and the HMAC-SHA256 of it and the body. */
export function signedHeaders(secret: string, body: string, now_ms: number): Record<string, string> {
  return { 'x-kyc-time': String(now_ms), 'x-kyc-signature': hmac(secret, String(now_ms), body).toString('hex') }
}

/** Throws `person/signature` unless this body was signed with the secret, and lately. */
export function demandSigned(
  secret: string,
  { headers, body }: Readonly<{ headers: Readonly<Record<string, string | undefined>>; body: string }>,
  now_ms: number,
): void {
  const time = headers['x-kyc-time'] ?? ''
  const given = Buffer.from(headers['x-kyc-signature'] ?? '', 'hex')
  const wanted = hmac(secret, time, body)
  const isOurs = given.length === wanted.length && timingSafeEqual(given, wanted)
  if (!isOurs || !(Math.abs(Number(time) - now_ms) <= STALE_MS)) throw new RollingDropError('person/signature')
}

function hmac(secret: string, time: string, body: string): Buffer {
  return createHmac('sha256', secret).update(`${time}.${body}`).digest()
}
