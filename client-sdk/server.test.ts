import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startServer, type Server } from '../loadtest/server.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import type { BattleLink, FeedUpdate, RollingDrop } from './api.ts'
import { connect } from './connect.ts'
import { memoryTokens } from './tokens.ts'

/** The SDK against the real server, whose tokens live for 5 s here, so that none of this works without renewal. */
const SETTINGS = { TOKEN_TTL_S: '5', REVEAL_MS: '150', SECRET_KEY: '5e'.repeat(32), MESSAGES_PER_SECOND: '30' }

let database: TestDatabase
let server: Server
const players: RollingDrop[] = []

function player(tokens = memoryTokens()): RollingDrop {
  const own = connect(server.url, { tokens })
  players.push(own)
  return own
}

const start = (port?: number) =>
  startServer({ env: { ...SETTINGS, DATABASE_URL: database.url }, ...(port === undefined ? {} : { port }) })

beforeAll(async () => {
  database = await createDatabase()
  server = await start()
}, 120_000)

afterEach(async () => {
  await Promise.all(players.splice(0).map((each) => each.close()))
})

afterAll(async () => {
  await server?.stop()
  await database?.drop()
})

const soon = { timeout: 15_000, interval: 20 }

async function cheapest(own: RollingDrop): Promise<string> {
  const boxes = await own.boxes.catalog()
  return boxes.toSorted((a, b) => Number(a.price) - Number(b.price))[0]!.id
}

async function create(own: RollingDrop, { rounds = 3, seats = 2 } = {}): Promise<BattleLink> {
  const box = await cheapest(own)
  const { id } = await own.battles.create({ rounds: Array.from({ length: rounds }, () => box), seats })
  return own.battles.watch(id)
}

function settled(battle: BattleLink): Promise<void> {
  return vi.waitFor(() => expect(battle.state?.phase).toBe('settled'), soon)
}

test('two guests play a battle that both can verify, and see it in session, feed and history', async () => {
  const [one, two] = [player(), player()]
  const updates: FeedUpdate[] = []
  const feed = one.feed.subscribe({}, (update) => updates.push(update))
  const session = one.session()
  await vi.waitFor(() => expect(session.state?.balances.size).toBeGreaterThan(0), soon)
  await vi.waitFor(() => expect(feed.position).not.toBeNull(), soon)
  const battle = await create(one)
  const guest = two.battles.watch(battle.id)
  await guest.join(1)
  await Promise.all([settled(battle), settled(guest)])
  expect([...guest.state!.winners]).toEqual([...battle.state!.winners])
  const { proof } = await two.battles.get(battle.id)
  for (const own of [one, two]) {
    expect(await own.verify(proof)).toMatchObject({
      ok: true,
      stages: [{ ok: true }, { ok: true }, { ok: true }, { ok: true }],
    })
  }
  const ofBattle = () =>
    updates.flatMap(({ events }) =>
      events.filter(({ payload }) => payload['battle'] === battle.id).map(({ type }) => type),
    )
  await vi.waitFor(() => expect(ofBattle()).toContain('battle.settled'), soon)
  expect(ofBattle().filter((type) => type === 'battle.settled')).toHaveLength(1)
  const { entries } = await one.history()
  expect(entries.some((entry) => entry.battle === battle.id)).toBe(true)
})

test('a proof that does not fit what this client saw fails, however well its parts agree', async () => {
  const own = player()
  const battle = await create(own, { rounds: 1 })
  await battle.callBot(1)
  await settled(battle)
  const { proof } = await own.battles.get(battle.id)
  const other = await create(own, { rounds: 1 })
  await other.callBot(1)
  await settled(other)
  const { proof: swapped } = await own.battles.get(other.id)
  const verification = await own.verify({ ...swapped, battle: proof.battle })
  expect(verification.ok).toBe(false)
  expect(verification.stages[0]).toMatchObject({ name: 'seed', ok: false })
})

test('refusals carry their codes and leave the link alive', async () => {
  const [one, two] = [player(), player()]
  await expect(two.battles.get('00000000-0000-7000-8000-000000000000')).rejects.toMatchObject({
    code: 'battle/unknown',
  })
  await expect(one.battles.create({ rounds: ['no-such-box'], seats: 2 })).rejects.toMatchObject({ code: 'box/unknown' })
  const battle = await create(one)
  const watching = two.battles.watch(battle.id)
  await expect(watching.cancel()).rejects.toMatchObject({ code: 'battle/not-creator' })
  await expect(watching.join(0)).rejects.toMatchObject({ code: 'battle/seat-taken' })
  await expect(watching.leave()).rejects.toMatchObject({ code: 'battle/not-seated' })
  await battle.cancel()
  await vi.waitFor(() => expect(watching.state?.phase).toBe('cancelled'), soon)
})

test('a battle nobody knows closes its link with the reason', async () => {
  const battle = player().battles.watch('00000000-0000-7000-8000-000000000000')
  await vi.waitFor(() => expect(battle.status).toBe('closed'), soon)
  await expect(battle.join(1)).rejects.toMatchObject({ code: 'battle/unknown' })
})

test('a box is opened as it was seen or not at all, and strangers are told nothing that leads to who opened it', async () => {
  const [own, stranger] = [player(), player()]
  const seen: FeedUpdate[] = []
  stranger.feed.subscribe({ filter: { types: ['opening.opened'] } }, (update) => seen.push(update))
  await vi.waitFor(() => expect(seen).toHaveLength(1), soon)
  const box = await cheapest(own)
  const { hash } = await own.boxes.items(box)
  const session = own.session()
  const late = session.open(box, 1, 'ab'.repeat(32))
  await expect(late).rejects.toMatchObject({ code: 'box/changed', details: { box, boxHash: hash } })
  const opened = await session.open(box, 1, hash)
  expect(opened.boxHash).toBe(hash)
  await vi.waitFor(() => expect(seen.at(-1)?.events).toHaveLength(1), soon)
  const told = JSON.stringify(seen.at(-1))
  for (const secret of [(await own.user()).id, opened.opening, opened.clientSeed]) expect(told).not.toContain(secret)
  await session.rotateSeeds()
  const passedOn = await stranger.openings.proof(opened.opening)
  expect(await stranger.openings.verify(passedOn)).toMatchObject({ ok: true })
}, 40_000)

test('links outlive their tokens, told in place, without a drop', async () => {
  const tokens = memoryTokens()
  const own = player(tokens)
  const battle = await create(own)
  const session = own.session()
  const statuses: string[] = []
  battle.onStatus((status) => statuses.push(status))
  session.onStatus((status) => statuses.push(status))
  await vi.waitFor(() => expect(statuses).toEqual(['live', 'live']), soon)
  for (let renewal = 0; renewal < 2; renewal++) {
    const before = tokens.load()?.token
    await vi.waitFor(() => expect(tokens.load()?.token).not.toBe(before), soon)
  }
  await battle.cancel()
  expect(statuses).toEqual(['live', 'live'])
}, 40_000)

test('after kill -9 in the middle of a battle the players see it go on by themselves, and it verifies', async () => {
  const [one, two] = [player(), player()]
  const battle = await create(one, { rounds: 12 })
  const guest = two.battles.watch(battle.id)
  await guest.join(1)
  await vi.waitFor(() => expect(guest.state?.revealed).toBeGreaterThan(1), soon)
  const killed = server
  process.kill(killed.pid, 'SIGKILL')
  await vi.waitFor(() => expect(guest.status).toBe('reconnecting'), soon)
  server = await start(Number(new URL(killed.url).port))
  await killed.stop()
  await Promise.all([settled(battle), settled(guest)])
  const { proof } = await one.battles.get(battle.id)
  expect(await one.verify(proof)).toMatchObject({ ok: true })
}, 60_000)
