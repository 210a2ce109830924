import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { battleKey } from '../../access/battle-key.ts'
import { publishBox } from '../../catalog/publish.ts'
import { verifyOpening } from '../../game/opening/verify.ts'
import { ITEM_ISSUER, userOwner } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { itemAsset, PLAY_CREDIT } from '../../schema/asset.ts'
import { battleRefOf } from '../../schema/battle-ref.ts'
import type { Tokens } from '../../schema/http.ts'
import type { Opened, OwnSeeds } from '../../schema/opening.ts'
import { LOG_PAGE_MAX, type LogPage, type OwnResult } from '../../schema/session.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { BOX, clientSeed, openTestRooms, type TestClient, type TestRooms } from '../../test/rooms.ts'
import { PersonalLog } from './log.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => {
  node = await openTestRooms()
  await publishBox({ pool: node.pool, ledger: node.ledger, tenant: 'main', clock: Date.now }, BOX)
})
afterAll(() => node.close())

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 10 })
const credits = ({ room }: TestClient) => room.state?.balances?.get(PLAY_CREDIT)
const pagesOf = ({ messages }: TestClient) =>
  messages.filter(({ type }) => type === 'log').map(({ message }) => message as LogPage)
const logOf = (client: TestClient): OwnResult[] => pagesOf(client).flatMap(({ entries }) => entries)
const typesOf = (client: TestClient) => logOf(client).map(({ type }) => type)
const open = ({ user, token }: Tokens, options = {}) => node.join('session', user.id, token, options)

/** The answer to a command that is not refused. */
async function answer<T>(client: TestClient, type: string, payload: object): Promise<T> {
  const reply = await client.ask(type, payload)
  expect(reply).toMatchObject({ ok: true })
  return (reply as unknown as { value: T }).value
}
const refusal = async (client: TestClient, type: string, payload: object) => {
  const reply = await client.ask(type, payload)
  return reply.ok ? 'no refusal' : reply.error.code
}
let ids = 0
const id = () => `id-${++ids}`

async function begin(client: TestClient): Promise<OwnSeeds> {
  await until(() => expect(client.room.state?.seeds?.nextSeeds).toBeTruthy())
  const before = client.room.state.seeds.nextSeeds as string
  const seeds = await answer<OwnSeeds>(client, 'begin', { seeds: before, clientSeed: clientSeed() })
  await until(() => expect(client.room.state.seeds.seeds).toBe(before))
  return seeds
}

/** Something happens to a user: `count` events of a kind that only they are told of. */
async function happen({ user }: Tokens, count: number): Promise<void> {
  await node.ledger.commit({
    id: uuidv7(),
    kind: 'test.give',
    tenant: 'main',
    request: 'ab'.repeat(32),
    transfers: [
      { asset: itemAsset('x', PLAY_CREDIT), debit: ITEM_ISSUER, credit: userOwner(user.id), amount: toAmount(1n) },
    ],
    events: Array.from({ length: count }, (_, i) => ({ type: 'item.sold', user: user.id, payload: { i } }) as const),
  })
}

describe('what one has', () => {
  test('balances, held, items, level, seeds and limits follow what happens to the user, on every device', async () => {
    const ann = await node.guest()
    const [phone, desk] = [await open(ann), await open(ann)]
    await until(() => expect([credits(phone), credits(desk)]).toEqual(['100000', '100000']))
    expect(phone.room.state).toMatchObject({ user: ann.user.id, name: ann.user.name })
    await begin(phone)
    const { drops } = await answer<Opened>(phone, 'open', { id: id(), box: BOX.id, count: 8 })
    await until(() => expect([credits(phone), credits(desk)]).toEqual(['98000', '98000']))
    await until(() => expect(desk.room.state.seeds.nonce).toBe(8))
    expect(desk.room.state.levels.get(PLAY_CREDIT)).toBe(1)
    const items = [...desk.room.state.balances.entries()] as [string, string][]
    const count = items.filter(([asset]) => asset !== PLAY_CREDIT).reduce((total, [, n]) => total + Number(n), 0)
    expect(count).toBe(drops.length)
    await answer(desk, 'limit', { id: id(), asset: PLAY_CREDIT, amount: '500' })
    await until(() => expect(phone.room.state.limits.get(PLAY_CREDIT)).toMatchObject({ amount: '500', left: '500' }))
    const battle = await node.battle(ann)
    await until(() => expect([credits(phone), credits(desk)]).toEqual(['97750', '97750']))
    const creator = await node.join('battle', battle, ann.token)
    await creator.ask('cancel')
    await until(() => expect([credits(phone), credits(desk)]).toEqual(['98000', '98000']))
  })
})

describe('the log', () => {
  test('tells the end of a battle to those who sat in it, others in it masked; what is won is there', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const sessions = [await open(ann), await open(bob)]
    const stranger = await open(await node.guest())
    const battle = await node.battle(ann)
    const two = await node.join('battle', battle, bob.token)
    await two.ask('join', { seat: 1, clientSeed: clientSeed() })
    const settled = (client: TestClient) => logOf(client).filter(({ type }) => type === 'battle.settled')
    await until(() => expect(sessions.map((each) => settled(each).length)).toEqual([1, 1]))
    const [seen] = settled(sessions[0]!)
    const seats = seen!.payload['seats'] as { user: string; total: string }[]
    expect(seats.map(({ user }) => user)).toEqual([ann.user.id, expect.stringMatching(/^[0-9a-f]{3}•••$/)])
    const winner = sessions[(seen!.payload['winners'] as number[])[0]!]!
    const items = () => [...winner.room.state.balances.keys()].filter((asset) => String(asset).startsWith('play:item:'))
    await until(() => expect(items().length).toBeGreaterThan(0))
    expect(settled(stranger)).toEqual([])
  })

  test('what happened while nobody was here comes first on coming back, in order: also battles that were lost, private or called off', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const ends: string[] = []
    for (let i = 0; i < 4; i++) {
      // The second one is called off, the third is private, and in the last one the other pays nothing and leaves no trace in a statement.
      const options = [{}, {}, { unlisted: true }, { sponsor: 100 }][i]!
      const battle = await node.battle(ann, options)
      const creator = await node.join('battle', battle, ann.token)
      if (i === 1) await creator.ask('cancel')
      else {
        const ref = battleRefOf({ id: battle, key: battleKey(node.sealer, battle) })
        const two = await node.join('battle', ref, bob.token)
        await two.ask('join', { seat: 1, clientSeed: clientSeed() })
        await until(async () => expect((await node.stored(battle)).phase).toBe('settled'))
      }
      ends.push(battle)
    }
    const told = async (who: Tokens) => {
      const session = await open(who)
      await until(() => expect(pagesOf(session).at(-1)?.more).toBe(false))
      return logOf(session).map(({ type, payload }) => [type, payload['battle']])
    }
    const [first, second, third, fourth] = ends
    const mine = [
      ['faucet.granted', undefined],
      ['battle.settled', first],
      ['battle.cancelled', second],
      ['battle.settled', third],
      ['battle.settled', fourth],
    ]
    expect(await told(ann)).toEqual(mine)
    expect(await told(bob)).toEqual(mine.filter(([, battle]) => battle !== second))
  })

  test('comes page by page, whole and in order, with what happens while it is being read', async () => {
    const ann = await node.guest()
    for (let i = 0; i < 3; i++) await happen(ann, 90)
    const session = await open(ann)
    await until(() => expect(pagesOf(session)).toHaveLength(1))
    expect(pagesOf(session)[0]!.entries).toHaveLength(LOG_PAGE_MAX)
    await happen(ann, 50)
    expect(pagesOf(session)).toHaveLength(1)
    const more = happen(ann, 50)
    while (pagesOf(session).at(-1)!.more) {
      const count = pagesOf(session).length
      await answer(session, 'page', {})
      await until(() => expect(pagesOf(session).length).toBeGreaterThan(count))
    }
    await more
    await happen(ann, 1)
    await until(() => expect(logOf(session)).toHaveLength(1 + 3 * 90 + 50 + 50 + 1))
    const log = logOf(session)
    expect(log.map(({ prev }) => prev).slice(1)).toEqual(log.map(({ seq }) => seq).slice(0, -1))
    const seqs = log.map(({ seq }) => BigInt(seq))
    expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => Number(a - b)))
  })

  test('what is acknowledged is not told again; a device that says what it has seen gets what it missed all the same', async () => {
    const ann = await node.guest()
    const phone = await open(ann)
    await happen(ann, 3)
    await until(() => expect(logOf(phone)).toHaveLength(4))
    const { lineage } = pagesOf(phone)[0]!
    const seqs = logOf(phone).map(({ seq }) => seq)
    await answer(phone, 'ack', { seq: seqs[2] })
    await answer(phone, 'ack', { seq: seqs[0] })
    const fresh = await open(ann)
    await until(() => expect(logOf(fresh).map(({ seq }) => seq)).toEqual(seqs.slice(3)))
    const back = await open(ann, { since: `${lineage}:${seqs[0]}` })
    await until(() => expect(logOf(back).map(({ seq }) => seq)).toEqual(seqs.slice(1)))
    // Of another history, or ahead of everything: nothing is known of what it has seen.
    for (const since of [`${'0'.repeat(16)}:${seqs[0]}`, `${lineage}:999999999`]) {
      const lost = await open(ann, { since })
      await until(() => expect(logOf(lost).map(({ seq }) => seq)).toEqual(seqs.slice(3)))
    }
  })

  test('what waited too long is let go, also of battles', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const battle = await node.battle(ann)
    const two = await node.join('battle', battle, bob.token)
    await two.ask('join', { seat: 1, clientSeed: clientSeed() })
    await until(async () => expect((await node.stored(battle)).phase).toBe('settled'))
    for (const table of ['event', 'concern'])
      await node.pool.query(`update ${table} set at = at - interval '31 days' where seq <= (select seq from head)`)
    await happen(ann, 1)
    const session = await open(ann)
    await until(() => expect(typesOf(session)).toEqual(['item.sold']))
    const log = new PersonalLog(node.pool, 30)
    await log.dropOld()
    expect((await node.pool.query('select 1 from concern where user_id = $1', [bob.user.id])).rowCount).toBe(0)
  })

  test('an acknowledgement of what was never told, or of nothing that is a number, is refused', async () => {
    const ann = await node.guest()
    const session = await open(ann)
    await until(() => expect(logOf(session)).toHaveLength(1))
    const last = BigInt(logOf(session)[0]!.seq)
    for (const seq of [`${last + 1n}`, '-1', '', 'x', '1e3', 7, null, `${last}.0`])
      expect(await refusal(session, 'ack', { seq })).toBe('session/ack')
    expect(await refusal(session, 'ack', { seq: `${last}`, more: 1 })).toBe('session/ack')
    expect(session.isOpen()).toBe(true)
    for (const since of ['', 'x', '-1', `${last}`, 'a:b']) {
      const response = await node.seat('session', ann.user.id, ann.token, { since })
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([400, 'session/ack'])
    }
    const extra = await node.seat('session', ann.user.id, ann.token, { from: 1 })
    expect(((await extra.json()) as { code: string }).code).toBe('request/invalid')
  })
})

describe('commands', () => {
  test('open boxes once for an id, on every device, and the proof verifies after the seeds are rotated', async () => {
    const ann = await node.guest()
    const [phone, desk] = [await open(ann), await open(ann)]
    const { current } = await begin(phone)
    const wanted = { id: id(), box: BOX.id, count: 3 }
    const answers = await Promise.all([phone, desk, phone].map((each) => answer<Opened>(each, 'open', wanted)))
    for (const each of answers) expect(each).toEqual(answers[0])
    await until(() => expect(credits(desk)).toBe('99250'))
    await until(() => expect(typesOf(desk).filter((type) => type === 'opening.opened')).toHaveLength(1))
    const { last } = await begin(desk)
    expect(last).toMatchObject({ seeds: current!.seeds, nonces: 3 })
    await until(() => expect(typesOf(phone)).toContain('seeds.rotated'))
    const proof = await node.openings.proof('main', answers[0]!.opening)
    expect(verifyOpening(proof!, { seedHash: current!.seedHash, clientSeed: current!.clientSeed }).ok).toBe(true)
  })

  test('sell back once for an id', async () => {
    const ann = await node.guest()
    const session = await open(ann)
    await begin(session)
    const { payouts } = await answer<Opened>(session, 'open', { id: id(), box: BOX.id, count: 1 })
    const wanted = { id: id(), asset: payouts[0]!.asset, count: 1 }
    const sold = await answer<{ paid: string; balance: string }>(session, 'sell', wanted)
    expect(await answer(session, 'sell', wanted)).toEqual(sold)
    await until(() => expect(credits(session)).toBe(sold.balance))
    expect(await refusal(session, 'sell', { ...wanted, id: id() })).toBe('ledger/insufficient')
  })

  test('that are refused say why, and the socket stays open', async () => {
    const ann = await node.guest()
    const session = await open(ann)
    const opening = { id: id(), box: BOX.id, count: 1 }
    expect(await refusal(session, 'open', opening)).toBe('seeds/unknown')
    const { current, next } = await begin(session)
    const refused: [string, object, string][] = [
      ['open', { ...opening, id: id(), box: 'none' }, 'box/unknown'],
      ['open', { ...opening, id: id(), boxHash: 'ab'.repeat(32) }, 'box/changed'],
      ['open', { ...opening, boxHash: 'ab' }, 'request/invalid'],
      ['open', { ...opening, count: 0 }, 'request/invalid'],
      ['open', { ...opening, count: 101 }, 'request/invalid'],
      ['open', { ...opening, id: '' }, 'request/invalid'],
      ['open', { ...opening, id: 'with space' }, 'request/invalid'],
      ['open', { ...opening, more: 1 }, 'request/invalid'],
      ['open', { box: BOX.id }, 'request/invalid'],
      ['begin', { seeds: current!.seeds, clientSeed: clientSeed() }, 'seeds/unknown'],
      ['begin', { seeds: uuidv7(), clientSeed: clientSeed() }, 'seeds/unknown'],
      ['begin', { seeds: next.seeds, clientSeed: 'xyz' }, 'request/invalid'],
      ['begin', { seeds: next.seeds, clientSeed: current!.clientSeed }, 'request/invalid'],
      ['sell', { id: id(), asset: 'play:item:none', count: 1 }, 'item/unknown'],
      ['limit', { id: id(), asset: PLAY_CREDIT, amount: '-1' }, 'request/invalid'],
      ['limit', { id: id(), asset: PLAY_CREDIT, amount: 1.5 }, 'request/invalid'],
      ['limit', { id: id(), asset: 'play:item:x', amount: '1' }, 'request/invalid'],
      ['limit', { id: id(), asset: PLAY_CREDIT, amount: null }, 'request/invalid'],
    ]
    for (const [type, payload, code] of refused)
      expect([type, payload, await refusal(session, type, payload)]).toEqual([type, payload, code])
    await answer(session, 'limit', { id: id(), asset: PLAY_CREDIT, amount: '249' })
    expect(await refusal(session, 'open', { ...opening, id: id() })).toBe('limit/exceeded')
    await answer(session, 'limit', { id: id(), asset: PLAY_CREDIT, amount: '500' })
    expect(await refusal(session, 'limit', { id: id(), asset: PLAY_CREDIT, amount: '600' })).toBe(
      'limit/raise-too-soon',
    )
    session.room.send('dance', {})
    await until(() => expect(session.errors.at(-1)).toMatchObject({ code: 'request/invalid' }))
    expect(session.isOpen()).toBe(true)
    expect(await node.creditsOf(ann)).toBe(100_000n)
  })
})
