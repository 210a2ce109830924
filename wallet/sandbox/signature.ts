import { createHmac, timingSafeEqual } from 'node:crypto'
import { RollingDropError } from '../../schema/errors.ts'
import type { PaymentWebhook } from '../provider.ts'

/** How far a message's time may lie from now. */
const TOLERANCE_S = 300

type Message = Readonly<{ id: string; timestamp: string; body: string }>

/** The headers of one attempt, signed as Standard Webhooks says: HMAC-SHA-256 over id, time in seconds and body. */
export function signedHeaders(
  secret: string,
  { id, body, now_ms }: Readonly<{ id: string; body: string; now_ms: number }>,
) {
  const timestamp = `${Math.floor(now_ms / 1000)}`
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${macOf(secret, { id, timestamp, body }).toString('base64')}`,
  }
}

/** Throws `payment/signature` unless the message was signed with the secret, and not long ago. */
export function demandSigned(secret: string, { headers, body }: PaymentWebhook, now_ms: number): void {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers
  if (!id || !signatures || !timestamp || !/^\d{1,12}$/.test(timestamp)) throw new RollingDropError('payment/signature')
  const isFresh = Math.abs(now_ms / 1000 - Number(timestamp)) <= TOLERANCE_S
  const expected = macOf(secret, { id, timestamp, body })
  // A sender that changes its key signs with both for a while.
  const fits = signatures.split(' ').some((each) => {
    const [version, mac = ''] = each.split(',')
    const given = Buffer.from(mac, 'base64')
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
  })
  if (!fits || !isFresh) throw new RollingDropError('payment/signature')
}

function macOf(secret: string, { id, timestamp, body }: Message): Buffer {
  return createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest()
}
