import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { battleSeedContext, createSealer } from '../access/seal.ts'
import { battleFromJson } from '../game/battle/stored.ts'
import { hashSeed } from '../game/fairness/seed.ts'
import { escrowOwner, userOwner } from '../schema/account.ts'
import { publishBox } from '../catalog/publish.ts'
import { toAmount } from '../schema/amount.ts'
import { PLAY_CREDIT, toAsset } from '../schema/asset.ts'
import type { BattlePage, Tokens } from '../schema/http.ts'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const clientSeed = 'ab'.repeat(32)
const wanted = { rounds: ['pocket-change', 'garden-shed', 'pocket-change'], seats: 2, clientSeed }
const create = (by: Tokens, key: string, body: unknown = wanted) =>
  node.call('POST', '/battles', { token: by.token, key, body })
const creditsOf = async ({ user }: Tokens) =>
  (await node.ledger.reader.balance('main', userOwner(user.id), PLAY_CREDIT))!.balance

describe('creating a battle', () => {
  test('takes the price of a seat and commits to a seed nobody can read', async () => {
    const guest = await newGuest(node)
    const { status, body } = await create(guest, 'one')
    expect(status).toBe(201)
    expect(await creditsOf(guest)).toBe(99_000n)
    const escrow = await node.ledger.reader.balance('main', escrowOwner(body.id), PLAY_CREDIT)
    expect(escrow?.balance).toBe(1000n)
    const row = (await node.ledger.actors.find(`battle-${body.id}`))!
    expect(row).toMatchObject({ tenant: 'main', kind: 'battle', epoch: 0, finished: false })
    const battle = battleFromJson(row.state)
    expect(row.wake_at_ms).toBe(battle.expires_ms)
    const seed = createSealer(node.secretKey).open(battle.sealedSeed, battleSeedContext(body.id))
    expect(hashSeed(seed)).toBe(battle.seedHash)
    const detail = await node.call('GET', `/battles/${body.id}`)
    expect(detail.body).toMatchObject({ phase: 'waiting', price: '1000', winners: [], pot: null })
    expect(detail.body.proof).toMatchObject({ serverSeed: null, seedHash: battle.seedHash, drops: [], entropy: null })
    for (const secret of [seed, battle.sealedSeed]) expect(JSON.stringify(detail.body)).not.toContain(secret)
    expect((await node.call('GET', `/battles/${body.id}/proof`)).body).toEqual(detail.body.proof)
  })

  test('for real money is refused where a chain of our own decides: only drand is nobody’s', async () => {
    const coin = { sku: 'dime', name: 'Dime', rarity: 'common', value: toAmount(10n), weight: 1 } as const
    const box = { id: 'coins', name: 'Coins', asset: toAsset('USD'), price: toAmount(12n), prizes: [coin] }
    await publishBox({ pool: node.pool, ledger: node.ledger, tenant: 'main', clock: Date.now }, box)
    const { status, body } = await create(await newGuest(node), 'real', { ...wanted, rounds: ['coins'] })
    expect([status, body.code, body.details.reason]).toEqual([
      422,
      'battle/options',
      'battles for real money are decided by drand alone',
    ])
  })

  test('fifty times at once under one key is one battle, paid once', async () => {
    const guest = await newGuest(node)
    const answers = await Promise.all(Array.from({ length: 50 }, () => create(guest, 'same')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(await creditsOf(guest)).toBe(99_000n)
    expect((await create(guest, 'same')).body).toEqual(answers[0]!.body)
    expect(await creditsOf(guest)).toBe(99_000n)
  })

  test('a key belongs to its user, and to the command it came with first', async () => {
    const [a, b] = [await newGuest(node), await newGuest(node)]
    const first = await create(a, 'shared')
    expect((await create(b, 'shared')).body.id).not.toBe(first.body.id)
    const other = await create(a, 'shared', { ...wanted, seats: 3 })
    expect(other).toMatchObject({ status: 409, body: { code: 'request/key-reused' } })
    expect((await create(a, 'shared', { ...wanted, mode: 'standard' })).body).toEqual(first.body)
  })

  test('a crash after the key was taken loses nothing: the same request creates the battle', async () => {
    const guest = await newGuest(node)
    vi.spyOn(node.ledger, 'commit').mockRejectedValueOnce(new Error('killed'))
    const killed = await create(guest, 'crash')
    expect(killed).toMatchObject({ status: 500, body: { code: 'server/internal' } })
    expect(JSON.stringify(killed.body)).not.toContain('killed')
    expect((await create(guest, 'crash')).status).toBe(201)
    expect(await creditsOf(guest)).toBe(99_000n)
  })

  test('too little balance takes nothing and leaves no battle', async () => {
    const guest = await newGuest(node)
    const rounds = Array.from({ length: 5 }, () => 'meteor-reserve')
    const answer = await create(guest, 'rich', { ...wanted, rounds })
    expect(answer).toMatchObject({ status: 402, body: { code: 'ledger/insufficient', retry: false } })
    expect(await creditsOf(guest)).toBe(100_000n)
    const { rows } = await node.pool.query('select outcome from idempotency_key where principal = $1', [guest.user.id])
    expect((await node.call('GET', `/battles/${rows[0].outcome}`)).body.code).toBe('battle/unknown')
  })

  test.each([
    ['no key', undefined, wanted, 400, 'request/key-missing'],
    ['a key with a space', 'a b', wanted, 400, 'request/invalid'],
    ['an unknown box', 'k1', { ...wanted, rounds: ['nowhere'] }, 404, 'box/unknown'],
    ['seven seats', 'k2', { ...wanted, seats: 7 }, 400, 'request/invalid'],
    ['no rounds', 'k3', { ...wanted, rounds: [] }, 400, 'request/invalid'],
    [
      '51 rounds',
      'k4',
      { ...wanted, rounds: Array.from({ length: 51 }, () => 'pocket-change') },
      400,
      'request/invalid',
    ],
    ['a short client seed', 'k5', { ...wanted, clientSeed: 'ab' }, 400, 'request/invalid'],
    ['a field too many', 'k6', { ...wanted, sponsored: 100 }, 400, 'request/invalid'],
    ['text that is not JSON', 'k7', '{"rounds":', 400, 'request/invalid'],
    ['a body over 64 KiB', 'k8', { ...wanted, clientSeed: 'a'.repeat(70_000) }, 413, 'request/too-large'],
  ])('%s is refused by its code', async (_what, key, body, status, code) => {
    const { token } = await newGuest(node)
    const answer = await node.call('POST', '/battles', { token, body, ...(key && { key }) })
    expect(answer).toMatchObject({ status, body: { code, status, type: `urn:rollingdrop:error:${code}` } })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  test('with options is stored, shown and paid as they say', async () => {
    const guest = await newGuest(node)
    const chosen = {
      mode: 'crazy-terminal',
      seats: 4,
      teamSize: 2,
      sponsor: 33,
      minLevel: 2,
      fast: true,
      unlisted: true,
    }
    const { body } = await create(guest, 'options', { ...wanted, ...chosen })
    // 1,000 for the own seat, and 33 percent of 1,000 for each of three others.
    expect(await creditsOf(guest)).toBe(100_000n - 1_000n - 990n)
    const detail = await node.call('GET', `/battles/${body.id}~${body.key}`)
    const { seats: _, ...shown } = chosen
    expect(detail.body).toMatchObject({ ...shown, borrowMax: 0, entry: '670', revealMs: 300 })
    expect(detail.body.proof).toMatchObject({ mode: 'crazy-terminal', teamSize: 2, sponsor: 33 })
    expect(
      (await node.call('GET', `/battles/${(await create(await newGuest(node), 'plain')).body.id}`)).body,
    ).toMatchObject({
      fast: false,
      unlisted: false,
    })
    const credit = await create(guest, 'credit', { ...wanted, mode: 'jackpot', borrowMax: 80, borrow: 75 })
    expect(await creditsOf(guest)).toBe(100_000n - 1_990n - 250n)
    expect((await node.call('GET', `/battles/${credit.body.id}`)).body.seats[0]).toMatchObject({
      borrow: 75,
      share: null,
    })
  })

  test('in no list opens with its key, or for who made it or sits in it, and is unknown to all others', async () => {
    const [ann, bob] = [await newGuest(node), await newGuest(node)]
    const { body } = await create(ann, 'private', { ...wanted, unlisted: true })
    expect((await create(ann, 'private', { ...wanted, unlisted: true })).body).toEqual(body)
    const other = (await create(ann, 'private too', { ...wanted, unlisted: true })).body
    const ask = async (ref: string, token?: string) =>
      (
        await Promise.all(
          ['', '/proof'].map((path) => node.call('GET', `/battles/${ref}${path}`, token ? { token } : {})),
        )
      ).map(({ status, body: { code, key } }) => code ?? key ?? status)
    expect(await ask(`${body.id}~${body.key}`)).toEqual([body.key, 200])
    expect(await ask(body.id, ann.token)).toEqual([body.key, 200])
    expect(await ask(body.id)).toEqual(['battle/unknown', 'battle/unknown'])
    expect(await ask(body.id, bob.token)).toEqual(['battle/unknown', 'battle/unknown'])
    expect(await ask(`${body.id}~${other.key}`, bob.token)).toEqual(['battle/unknown', 'battle/unknown'])
    expect(await ask(`${body.id}~short`, bob.token)).toEqual(['battle/unknown', 'battle/unknown'])
    const { body: listed } = await create(ann, 'listed')
    expect(listed.key).toBeUndefined()
    expect(await ask(`${listed.id}~${body.key}`)).toEqual([200, 200])
  })

  test.each([
    [{ mode: 'shared', seats: 4, teamSize: 2 }, /no teams/],
    [{ mode: 'group', borrowMax: 10 }, /nothing is borrowed/],
    [{ sponsor: 10, borrowMax: 10 }, /nothing is borrowed/],
    [{ seats: 5, teamSize: 2 }, /2v2/],
    [{ borrow: 10 }, /borrowed here/],
  ])('options that do not go together are refused with the reason: %j', async (options, reason) => {
    const guest = await newGuest(node)
    const { status, body } = await create(guest, 'together', { ...wanted, ...options })
    expect([status, body.code]).toEqual([422, 'battle/options'])
    expect(body.details.reason).toMatch(reason)
    expect(await creditsOf(guest)).toBe(100_000n)
  })

  test('what zod refuses names the field', async () => {
    const { token } = await newGuest(node)
    const { body } = await node.call('POST', '/battles', { token, key: 'z', body: { ...wanted, seats: 'two' } })
    expect(body.details.issues).toEqual([expect.objectContaining({ path: 'seats' })])
    expect(body.detail).toMatch(/^seats: /)
  })
})

describe('lists of battles', () => {
  test('pages go from newest to oldest without gap or repetition, and leave out unlisted ones', async () => {
    const guest = await newGuest(node)
    const made: string[] = []
    for (let i = 0; i < 7; i++) {
      const unlisted = i % 3 === 1
      const { body } = await create(guest, `list-${i}`, { ...wanted, rounds: ['pocket-change'], unlisted })
      if (!unlisted) made.unshift(body.id)
      else expect((await node.call('GET', `/battles/${body.id}~${body.key}`)).status).toBe(200)
    }
    const seen: string[] = []
    for (let cursor = ''; ;) {
      const { body } = await node.call('GET', `/battles?limit=2${cursor && `&cursor=${cursor}`}`)
      const page = body as BattlePage
      seen.push(...page.battles.map(({ id }) => id))
      if (page.next === null) break
      expect(page.battles).toHaveLength(2)
      cursor = page.next
    }
    expect(seen.slice(0, made.length)).toEqual(made)
    expect(new Set(seen).size).toBe(seen.length)
    expect((await node.call('GET', '/battles?status=finished')).body).toEqual({
      battles: [],
      next: null,
      position: `${node.tail.lineage}:${node.tail.seq}`,
    })
  })

  test('a wrong query or id is refused', async () => {
    expect((await node.call('GET', '/battles?status=lost')).body.code).toBe('request/invalid')
    expect((await node.call('GET', '/battles?limit=1000')).body.code).toBe('request/invalid')
    expect((await node.call('GET', '/battles?cursor=x')).body.code).toBe('request/invalid')
    expect((await node.call('GET', '/battles/nothing')).body.code).toBe('battle/unknown')
  })
})
