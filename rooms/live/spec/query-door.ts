import { liveFeedFrames } from '../../../schema/live-feed.ts'
import type { TestDoor } from './door.ts'
import { queryOf } from './plain-door.ts'
import { readPublished } from './published.ts'
import { firstRefusal, openSocketReading, type Heard } from './socket-reading.ts'

/** `/ws/live-feed` for those who say nothing: what is wanted stands in the query, who wants it in the header. */
export const queryDoor: TestDoor = {
  name: '/ws/live-feed with a query',
  users: true,
  doubled: undefined,
  silenced: 'request/no-pong',
  refuses: { large: 'feed/position', huge: '1006' },
  async read(node, asked = {}) {
    const headers = asked.token === undefined ? {} : { authorization: `Bearer ${asked.token}` }
    const isMute = asked.isMute === true
    const path = `/ws/live-feed${queryOf({ since: '', ...asked })}`
    const { reading } = await openSocketReading({ node, path, headers, isMute, decode })
    return { ...reading, leave: reading.cut }
  },
  async shout(node, bytes) {
    const path = `/ws/live-feed?since=${'x'.repeat(bytes)}`
    const { reading } = await openSocketReading({ node, path, decode })
    const refused = await firstRefusal(reading)
    reading.cut()
    return refused
  },
}

function decode(data: Buffer): Heard {
  const { type, ...message } = readPublished(liveFeedFrames, JSON.parse(data.toString()))
  return { type, message }
}
