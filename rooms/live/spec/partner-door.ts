import type { NewPartnerKey } from '../../../access/partner.ts'
import { signRequest } from '../../../access/partners/signature.ts'
import type { FeedProtocol } from '../../../schema/live-feed.ts'
import type { TestRooms } from '../../../test/rooms.ts'
import type { Asked, TestDoor } from './door.ts'
import { messageDoor } from './plain-door.ts'

const path = '/partner/ws/live-feed?topic=notifications'

/** One partner's key a tenant and node: making one is an event of its own. */
const keys = new WeakMap<TestRooms, Map<string, Promise<NewPartnerKey>>>()

/** `/partner/ws/live-feed` in one of its encodings. A user's token says no more than of which tenant the partner is. */
export const partnerDoor = (protocol: FeedProtocol): TestDoor =>
  messageDoor({
    name: '/partner/ws/live-feed',
    protocol,
    users: false,
    enter: async (node, { token }: Asked) => {
      const tenant = token === undefined ? 'main' : (await node.access.authenticate(token)).tenant
      return { path, headers: signRequest(await keyOf(node, tenant), { method: 'GET', path }) }
    },
  })

function keyOf(node: TestRooms, tenant: string): Promise<NewPartnerKey> {
  const known = keys.get(node) ?? new Map<string, Promise<NewPartnerKey>>()
  keys.set(node, known)
  const key = known.get(tenant) ?? node.partnerKey(tenant)
  known.set(tenant, key)
  return key
}
