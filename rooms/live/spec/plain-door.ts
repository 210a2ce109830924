import { pack, unpack } from 'msgpackr'
import { liveFeedFrames, type FeedProtocol } from '../../../schema/live-feed.ts'
import type { TestRooms } from '../../../test/rooms.ts'
import type { Asked, TestDoor } from './door.ts'
import { readPublished } from './published.ts'
import { firstRefusal, openSocketReading, type Heard } from './socket-reading.ts'

const encodings = {
  'rollingdrop.json': {
    write: (message: object) => JSON.stringify(message),
    read: (data: Buffer) => JSON.parse(data.toString()) as object,
  },
  'rollingdrop.msgpack': { write: (message: object) => pack(message), read: (data: Buffer) => unpack(data) as object },
} as const

type Options = Readonly<{
  name: string
  protocol: FeedProtocol
  users: boolean
  /** How somebody who asks for this gets in. */
  enter(node: TestRooms, asked: Asked): Promise<Entry> | Entry
}>

type Entry = Readonly<{ path: string; headers?: Readonly<Record<string, string>> }>

/** A socket that is asked by messages. */
export function messageDoor({ name, protocol, users, enter }: Options): TestDoor {
  const { write, read } = encodings[protocol]
  const decode = (data: Buffer): Heard => {
    const { type, ...message } = readPublished(liveFeedFrames, read(data))
    return { type, message }
  }
  const open = async (node: TestRooms, asked: Asked) =>
    openSocketReading({ node, ...(await enter(node, asked)), protocol, isMute: asked.isMute === true, decode })
  return {
    name: `${name} as ${protocol}`,
    users,
    doubled: 'feed/already-subscribed',
    silenced: 'request/no-pong',
    refuses: { large: 'request/too-large', huge: '1009' },
    async read(node, asked = {}) {
      const { reading, socket } = await open(node, asked)
      const say = (message: object) => socket.send(write(message))
      const ask = ({ since, filter }: Asked) => say({ type: 'subscribe', ...given({ since, filter }) })
      if (users && asked.token !== undefined) say({ type: 'token', token: asked.token })
      ask(asked)
      return { ...reading, leave: () => say({ type: 'unsubscribe' }), again: ask }
    },
    async shout(node, bytes) {
      const { reading, socket } = await open(node, {})
      socket.send(write({ type: 'token', token: 'x'.repeat(bytes) }))
      const refused = await firstRefusal(reading)
      reading.cut()
      return refused
    },
  }
}

/** `/ws/live-feed` in one of its encodings. */
export const plainDoor = (protocol: FeedProtocol): TestDoor =>
  messageDoor({ name: '/ws/live-feed', protocol, users: true, enter: () => ({ path: '/ws/live-feed' }) })

/** What of it is not undefined. */
export function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** A filter as it stands in a query. */
export function queryOf({ since, filter }: Asked): string {
  const fields = { ...given({ since }), ...filter }
  const query = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]))
  return `?${query.toString()}`
}
