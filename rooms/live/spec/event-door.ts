import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { liveFeedFrames } from '../../../schema/live-feed.ts'
import type { TestRooms } from '../../../test/rooms.ts'
import type { TestDoor, Told } from './door.ts'
import { queryOf } from './plain-door.ts'
import { readPublished } from './published.ts'
import { gone } from './room-door.ts'

const events = { ...liveFeedFrames, ended: liveFeedFrames.error.extend({ type: z.literal('ended') }) }

/** `GET /live-feed`, as a browser reads it: where it stood goes into a header. */
export const eventDoor: TestDoor = {
  name: '/live-feed as events',
  users: true,
  doubled: undefined,
  silenced: undefined,
  refuses: { large: 'feed/position', huge: '431' },
  async read(node, { since, filter, token } = {}) {
    const response = await get(node, queryOf(filter ? { filter } : {}), {
      ...(since !== undefined && { 'last-event-id': since }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    })
    if (response.statusCode !== 200) return gone(await codeOf(response))
    const frames: Told[] = []
    const codes: string[] = []
    let rest = ''
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const blocks = `${rest}${chunk}`.split('\n\n')
      rest = blocks.pop()!
      for (const block of blocks) {
        const told = eventIn(block)
        if (told?.event === 'ended') codes.push((told.data as { code: string }).code)
        else if (told) frames.push(told.data as Told)
      }
    })
    response.on('error', () => {}) // Followed by its close.
    const ended = new Promise<void>((resolve) => response.on('close', resolve))
    const cut = () => void response.destroy()
    return { frames, codes, ended, cut, leave: cut, pause: () => void response.pause() }
  },
  async shout(node, bytes) {
    return codeOf(await get(node, '', { 'last-event-id': 'x'.repeat(bytes) }))
  },
}

async function get(node: TestRooms, query: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const request = http.get(`${node.url}/live-feed${query}`, { headers, agent: false })
  const responding = once(request, 'response')
  request.on('error', () => {}) // Whoever says too much is cut while still speaking; what was answered by then counts.
  const [response] = (await responding) as [IncomingMessage]
  return response
}

async function codeOf(response: IncomingMessage): Promise<string> {
  const body = await text(response).catch(() => '')
  return body === '' ? String(response.statusCode) : (JSON.parse(body) as { code: string }).code
}

/** An event by the letter of the standard, as far as we write it; comments and `retry` are none. The id must be the position. */
function eventIn(block: string): Readonly<{ event: string; data: unknown }> | undefined {
  const fields = new Map(block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]))
  const data = fields.get('data')
  if (data === undefined) return undefined
  const event = fields.get('event')!
  const told = JSON.parse(data) as object
  const { type: _type, ...read } = readPublished(events, { type: event, ...told }) as Told & Readonly<{ type: string }>
  if (event !== 'ended' && fields.get('id') !== `${read.lineage}:${read.to}`) throw new Error(`a wrong id: ${block}`)
  return { event, data: read }
}
