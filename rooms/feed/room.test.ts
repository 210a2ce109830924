import { unpack } from 'msgpackr'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { FeedFrame, FeedWelcome } from '../../schema/feed.ts'
import { formatPosition } from '../../schema/position.ts'
import { clientSeed, openTestRooms, type TestClient, type TestRooms } from '../../test/rooms.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms()))
afterAll(() => node.close())

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 10 })
const here = () => formatPosition({ lineage: node.tail.lineage, seq: node.tail.seq })

function framesOf({ messages }: TestClient): FeedFrame[] {
  return messages.map(({ message }) => unpack(message as Uint8Array) as FeedFrame)
}
const eventsOf = (client: TestClient) => framesOf(client).flatMap(({ events }) => events)

async function play(unlisted = false): Promise<string> {
  const ann = await node.guest()
  const id = await node.battle(ann, { unlisted })
  const creator = await node.join('battle', id, ann.token)
  await creator.ask('callBot', { seat: 1 })
  await until(async () => expect((await node.stored(id)).phase).toBe('settled'))
  return id
}

test('a subscriber sees public battles from their creation to their end, players masked, and nothing of unlisted ones', async () => {
  const feed = await node.join('feed', 'main')
  const hidden = await play(true)
  const id = await play()
  const mine = () => eventsOf(feed).filter(({ actor }) => actor === `battle-${id}`)
  await until(() => expect(mine().at(-1)?.type).toBe('battle.settled'))
  const told = mine().map(({ type }) => type)
  expect(told).toEqual(['battle.created', 'battle.joined', 'battle.joined', 'battle.started', 'battle.settled'])
  const text = JSON.stringify(framesOf(feed))
  expect(text).not.toContain(hidden)
  expect(text).not.toContain((await node.stored(id)).creator)
  for (const [at, frame] of framesOf(feed).entries()) if (at > 0) expect(frame.from).toBe(framesOf(feed)[at - 1]!.to)
})

test('who comes back with a position gets what was missed', async () => {
  const since = here()
  const id = await play()
  const feed = await node.join('feed', 'main', undefined, { since, filter: { types: ['battle.settled'] } })
  await until(() => expect(feed.messages).not.toHaveLength(0))
  const [welcome] = framesOf(feed) as FeedWelcome[]
  expect(feed.messages[0]!.type).toBe('welcome')
  expect(welcome).toMatchObject({ recovered: true, lineage: node.tail.lineage })
  expect(welcome!.events.map(({ actor }) => actor)).toEqual([`battle-${id}`])
})

test('who comes for the first time sees the latest', async () => {
  await play()
  const feed = await node.join('feed', 'main')
  await until(() => expect(feed.messages).not.toHaveLength(0))
  const [welcome] = framesOf(feed) as FeedWelcome[]
  expect(welcome!.recovered).toBe(false)
  expect(welcome!.events.length).toBeGreaterThan(4)
})

test('own events are for those who are signed in, and then theirs alone', async () => {
  const refused = await node.seat('feed', 'main', undefined, { filter: { mine: true } })
  expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'auth/token-missing' }])
  const ann = await node.guest()
  const feed = await node.join('feed', 'main', ann.token, { filter: { mine: true } })
  await until(() => expect(feed.messages).not.toHaveLength(0))
  await play()
  const id = await node.battle(ann)
  await until(() => expect(eventsOf(feed).at(-1)?.actor).toBe(`battle-${id}`))
  const told = eventsOf(feed)
  // The credits that nobody else hears of, and the battle with one's own name in it.
  expect(told.map(({ type }) => type)).toEqual(['faucet.granted', 'battle.created', 'battle.joined'])
  expect(told[1]!.payload['creator']).toBe(ann.user.id)
})

test('a position that has not come closes the socket with a code that says so', async () => {
  const { lineage, seq } = { lineage: node.tail.lineage, seq: node.tail.seq + 1_000_000n }
  const feed = await node.join('feed', 'main', undefined, { since: formatPosition({ lineage, seq }) })
  expect(await feed.closed).toEqual({ code: 4400, reason: 'feed/position' })
  for (const since of ['-1', `${lineage}:-1`, `${lineage}:1.5`, `${lineage}:99999999999999999999`, 'now']) {
    const refused = await node.seat('feed', 'main', undefined, { since })
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'feed/position' }])
  }
  const other = await node.join('feed', 'main', undefined, { since: 'otherhistory:5' })
  await until(() => expect(framesOf(other)[0]).toMatchObject({ recovered: false, lineage }))
})

test('the feed is only listened to', async () => {
  const feed = await node.join('feed', 'main')
  feed.room.send('shout', { text: 'hello', clientSeed: clientSeed() })
  await until(() => expect(feed.errors).toMatchObject([{ code: 'request/invalid' }]))
  expect(feed.isOpen()).toBe(true)
})

test('one filter too many is refused before the seat', async () => {
  const feeds = []
  for (let value = 0; value < 20; value++) {
    const response = await node.seat('feed', 'main', undefined, { filter: { minValue: String(value) } })
    if (!response.ok) break
    await response.body?.cancel()
    feeds.push(await node.join('feed', 'main', undefined, { filter: { minValue: String(value) } }))
  }
  await until(async () => {
    const response = await node.seat('feed', 'main', undefined, { filter: { minValue: '999' } })
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'feed/too-many-filters', retry: true })
  })
  await Promise.all(feeds.map(({ room }) => room.leave()))
})
