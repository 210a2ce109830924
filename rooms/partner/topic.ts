import type { Partner } from '../../access/partner.ts'
import { RollingDropError } from '../../schema/errors.ts'
import { isPartnerTopic, type PartnerTopic } from '../../schema/topic.ts'

/** A topic under the name of the one partner that may read it, as it is called where partners share a broker. */
const NAMED = /^partner-([a-z0-9-]+)-(events|transactions|box-openings|inventory-updates|notifications)$/

/**
 * The topic that a partner asks for. Throws `partner/forbidden` for another partner's and for another tenant's, and
 * `partner/topic-unknown`.
 */
export function topicFor(
  { id, name, tenant }: Partner,
  asked: Readonly<{ topic: string | null; tenant?: string | undefined }>,
): PartnerTopic {
  if (asked.tenant !== undefined && asked.tenant !== tenant)
    throw new RollingDropError('partner/forbidden', { tenant: asked.tenant })
  const topic = asked.topic ?? ''
  if (isPartnerTopic(topic)) return topic
  const [, owner, kind = ''] = NAMED.exec(topic) ?? []
  if (owner !== undefined && owner !== id && owner !== name) throw new RollingDropError('partner/forbidden', { topic })
  const own = kind === 'notifications' ? kind : `partner-${kind}`
  if (!isPartnerTopic(own)) throw new RollingDropError('partner/topic-unknown', { topic })
  return own
}
