import { createHmac } from 'node:crypto'
import { SECRET_PREFIX } from '../../access/webhooks/secret.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import { toJson } from '../../schema/json.ts'
import { formatPosition } from '../../schema/position.ts'
import { isTold } from '../../schema/topic.ts'

/** What an endpoint is sent of its tenant. */
export type Interest = Readonly<{ tenant: string; types: readonly string[] | null }>

/** Whether an event is for this endpoint: of its tenant, of a type that partners are told, and of those it asked for. */
export function isFor(
  { tenant, types }: Interest,
  event: Pick<CommittedEvent, 'tenant' | 'audience' | 'type'>,
): boolean {
  return (
    event.tenant === tenant &&
    event.audience !== 'internal' &&
    isTold(event.type) &&
    (types === null || types.includes(event.type))
  )
}

/** The same whenever this event is sent to this endpoint: by it the receiver knows one that comes twice. */
export function messageId(lineage: string, seq: bigint, endpoint: string): string {
  return `msg_${lineage}_${seq}_${endpoint.replaceAll('-', '')}`
}

/** What is sent: type, time and payload, and the position, by which a gap would show. */
export function bodyOf({ type, at_ms, seq, payload }: CommittedEvent, lineage: string): string {
  const position = formatPosition({ lineage, seq })
  return toJson({ type, timestamp: new Date(at_ms).toISOString(), position, data: payload })
}

/** The headers of one attempt, signed as Standard Webhooks says: id, time in seconds and body, with HMAC-SHA-256. */
export function signedHeaders(
  secret: string,
  { id, body, now_ms }: Readonly<{ id: string; body: string; now_ms: number }>,
): Record<string, string> {
  const timestamp = Math.floor(now_ms / 1000)
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': `${timestamp}`,
    'webhook-signature': `v1,${signature}`,
  }
}
