import { performance } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ensureBankroll } from '../catalog/bankroll.ts'
import { createBattle, type NewBattle } from '../game/battle/create.ts'
import { battleToJson } from '../game/battle/stored.ts'
import { hashSeed } from '../game/fairness/seed.ts'
import { battleModes } from '../schema/battle-mode.ts'
import type { Box } from '../schema/box.ts'
import { digestOf } from '../schema/digest.ts'
import type { BattlePage, BattleQuery, Tokens } from '../schema/http.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
let ann: Tokens
let boxes: Box[]
beforeAll(async () => {
  node = await openTestNode({ battlesPerUser: 3 })
  await ensureBankroll(node.ledger, 'main', Date.now)
  ann = await newGuest(node)
  const ids = ['pocket-change', 'garden-shed', 'tidal-cache']
  boxes = await Promise.all(ids.map(async (id) => (await node.catalog.box('main', id))!.box))
})
afterAll(() => node.close())

const seed = 'ab'.repeat(32)

/** Opens a battle that costs its creator nothing, so that one of them can open thousands. */
async function open(changed: Partial<NewBattle>): Promise<string> {
  const id = uuidv7()
  const creator = { user: ann.user.id, name: 'Ann', clientSeed: seed }
  const plain = { tenant: 'main', mode: 'standard', seats: 2, unlisted: false, wait_ms: 900_000, reveal_ms: 1 } as const
  const secret = { seedHash: hashSeed(seed), sealedSeed: 'sealed' }
  const decision = createBattle({ id, boxes: [boxes[0]!], creator, ...plain, ...secret, ...changed }, Date.now())
  if (!decision.ok) throw new Error(decision.code)
  const { kind, events, wake_at_ms, finished } = decision.effects
  const actor = { kind: 'battle', epoch: 0, version: 0, state: battleToJson(decision.battle), wake_at_ms, finished }
  await node.ledger.commit({
    id,
    kind,
    tenant: 'main',
    request: digestOf({ id }),
    transfers: [],
    events,
    actor: { id: `battle-${id}`, ...actor },
  })
  return id
}

async function list(query: BattleQuery): Promise<BattlePage> {
  const { status, body } = await node.call('GET', `/battles?${new URLSearchParams(query as Record<string, string>)}`)
  expect(status).toBe(200)
  return body as BattlePage
}

const idsOf = async (query: BattleQuery) => (await list(query)).battles.map(({ id }) => id)

describe('a list of battles', () => {
  test('is narrowed by mode, box, price, free seats and status', async () => {
    const [cheap, other, dear] = boxes as [Box, Box, Box]
    const plain = await open({})
    const crazy = await open({ mode: 'crazy', boxes: [cheap, dear], seats: 4 })
    const both = await open({ mode: 'crazy', boxes: [other, other] })
    await open({ mode: 'crazy', boxes: [cheap], unlisted: true })
    expect(await idsOf({})).toEqual([both, crazy, plain])
    expect(await idsOf({ mode: 'crazy' })).toEqual([both, crazy])
    expect(await idsOf({ box: cheap.id })).toEqual([crazy, plain])
    expect(await idsOf({ mode: 'crazy', box: cheap.id })).toEqual([crazy])
    expect(await idsOf({ freeSeats: 2 })).toEqual([crazy])
    expect(await idsOf({ minPrice: `${cheap.price}`, maxPrice: `${cheap.price}` })).toEqual([plain])
    expect(await idsOf({ minPrice: `${cheap.price + 1n}` })).toEqual([both, crazy])
    expect(await idsOf({ status: 'waiting' })).toEqual([both, crazy, plain])
    expect(await idsOf({ status: 'running' })).toEqual([])
    expect(await idsOf({ status: 'finished' })).toEqual([])
    expect((await node.call('GET', '/battles?minPrice=-1')).body.code).toBe('request/invalid')
  })

  test('follows its battles in the very commit that changes them, whoever writes it', async () => {
    const id = await open({})
    const row = (await node.ledger.actors.find(`battle-${id}`))!
    const change = (version: number, phase: string, seats: unknown[], finished: boolean) => {
      const state = JSON.stringify({ ...(JSON.parse(row.state) as object), phase, seats })
      const actor = { id: row.id, kind: 'battle', epoch: 0, version, state, wake_at_ms: null, finished }
      const told = { kind: 'test', transfers: [], events: [{ type: 'money.moved', payload: {} }] } as const
      return node.ledger.commit({ id: uuidv7(), tenant: 'main', request: digestOf({ version }), actor, ...told })
    }
    const seat = { user: 'u', name: 'U', bot: false, clientSeed: seed, borrow: 0 }
    await change(1, 'drawing', [seat, seat], false)
    expect(await idsOf({ status: 'running' })).toEqual([id])
    expect(await idsOf({ freeSeats: 1, limit: 1 })).not.toEqual([id])
    await change(2, 'cancelled', [seat, seat], true)
    expect(await idsOf({ status: 'running' })).toEqual([])
    expect(await idsOf({ status: 'finished' })).toEqual([id])
    expect(await idsOf({ status: 'finished', mode: 'crazy' })).toEqual([])
  })

  test('says from where on the feed tells what changes', async () => {
    const { position } = await list({ limit: 1 })
    expect(position).toMatch(new RegExp(`^${node.tail.lineage}:[0-9]+$`))
    expect(BigInt(position.split(':')[1]!)).toBeLessThanOrEqual((await node.ledger.reader.head()).seq)
  })
})

test('somebody with too many open battles opens no more, however many at once', async () => {
  const guest = await newGuest(node)
  const body = { rounds: ['pocket-change'], seats: 2, clientSeed: seed }
  const create = (key: string) => node.call('POST', '/battles', { token: guest.token, key, body })
  const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => create(`many-${i}`)))
  const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length
  expect([count(201), count(429)]).toEqual([3, 7])
  const refused = answers.find(({ status }) => status === 429)!
  expect(refused.body).toMatchObject({ code: 'battle/too-many', retry: true, details: { open_max: 3 } })
  expect(refused.headers.get('retry-after')).toBeTruthy()
  // What was opened before is no new one.
  const kept = answers.findIndex(({ status }) => status === 201)
  expect(await create(`many-${kept}`)).toMatchObject({ status: 201, body: answers[kept]!.body })
})

test('among 5,000 open battles every page comes within 20 ms, 95 times of 100', async () => {
  const wanted = Array.from({ length: 5_000 }, (_, i) => {
    const mode = battleModes[i % battleModes.length]!
    return { mode, boxes: [boxes[i % 3]!, boxes[(i >> 2) % 3]!], seats: 2 + (i % 5) }
  })
  for (let at = 0; at < wanted.length; at += 500) await Promise.all(wanted.slice(at, at + 500).map(open))
  const queries: BattleQuery[] = [
    {},
    { mode: 'crazy-jackpot', freeSeats: 5 },
    { box: 'tidal-cache', mode: 'shared' },
    { minPrice: `${boxes[2]!.price * 2n}` },
    { status: 'running' },
    { status: 'waiting', maxPrice: '1' },
  ]
  let cursor: string | undefined
  async function measure(): Promise<number> {
    const times: number[] = []
    for (let i = 0; i < 100; i++) {
      const query = queries[i % queries.length]!
      const started = performance.now()
      const page = await list(i % queries.length === 0 && cursor !== undefined ? { cursor } : query)
      times.push(performance.now() - started)
      if (i % queries.length === 0) cursor = page.next ?? undefined
    }
    return times.toSorted((a, b) => a - b)[94]!
  }
  // The machine may be busy with something else: the best of some rounds is what the lists themselves take.
  await vi.waitFor(async () => expect(await measure()).toBeLessThan(20), { timeout: 30_000 })
}, 90_000)
