import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import pg from 'pg'
import { startServer, type Server } from '../loadtest/server.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { tokenSigner } from '../test/token.ts'
import { BOX, codeOf, doorOf, inTurns, PRICE, refusal, seatAt, seed, wanted, type Door } from './door.ts'
import type { RawClient } from './raw-client.ts'
import { audit } from './server-process.ts'

const SECRET_KEY = 'e2'.repeat(32)
const PER_SECOND = 30
const CREDITS = 100_000n

let database: TestDatabase
let server: Server
let door: Door

beforeAll(async () => {
  database = await createDatabase()
  const limits = { MESSAGES_PER_SECOND: String(PER_SECOND), FAUCET_CREDITS: String(CREDITS) }
  const pace = { REVEAL_MS: '100', ENTROPY_PERIOD_MS: '100' }
  server = await startServer({ env: { ...limits, ...pace, SECRET_KEY, DATABASE_URL: database.url } })
  door = doorOf(server.url)
}, 120_000)

afterAll(async () => {
  await door?.close()
  await server?.stop()
  await database?.drop()
})

const soon = { timeout: 15_000, interval: 20 }
const phase = (client: RawClient) => expect.poll(() => client.state().phase, soon)

describe('what is not there', () => {
  test('a battle, a room, a page of the API, a box', async () => {
    const own = await door.guest()
    for (const id of [uuidv7(), 'no-id', '..%2f..%2fetc', 'a'.repeat(500)]) {
      const answer = await door.http('GET', `/battles/${id}`)
      expect(answer.code, id).toMatch(/^(battle\/unknown|request\/invalid)$/)
      expect(codeOf(await door.http('POST', `/actors/battle/${id}/seat`)), id).toEqual([404, 'battle/unknown'])
    }
    expect(codeOf(await door.http('POST', `/actors/raffle/${uuidv7()}/seat`))).toEqual([404, 'request/not-found'])
    expect(codeOf(await door.http('POST', '/battles/none/of/this'))).toEqual([404, 'request/not-found'])
    expect(codeOf(await door.http('GET', '/boxes/no-such-box/items'))).toEqual([404, 'box/unknown'])
    expect(codeOf(await door.create(own, wanted({ rounds: [BOX, 'no-such-box'] })))).toEqual([404, 'box/unknown'])
    expect(codeOf(await door.create(own, wanted({ rounds: ['constructor'] })))).toEqual([404, 'box/unknown'])
    expect(await door.credits(own)).toBe(CREDITS)
  })

  test('a seat', async () => {
    const [creator, other] = [await door.guest(), await door.guest()]
    const client = await door.visit(await door.battle(creator), other)
    expect(await client.ask('join', seatAt(2))).toMatchObject(refusal('battle/seat-unknown'))
    expect(await client.ask('join', seatAt(5))).toMatchObject(refusal('battle/seat-unknown'))
    expect(await client.ask('join', seatAt(6))).toMatchObject(refusal('request/invalid'))
    expect(await client.ask('join', seatAt(-1))).toMatchObject(refusal('request/invalid'))
    expect(await client.ask('join', seatAt(0))).toMatchObject(refusal('battle/seat-taken'))
    expect(client.isOpen()).toBe(true)
    expect(await door.credits(other)).toBe(CREDITS)
  })
})

describe('what cannot be read', () => {
  test('over HTTP: no JSON, a wrong shape, a body that is too long', async () => {
    const own = await door.guest()
    const rounds = [[], Array.from({ length: 51 }, () => BOX), BOX, [1]].map((bad) => ({ rounds: bad }))
    const seats = [1, 7, 2.5, '2', null].map((bad) => ({ seats: bad }))
    const shapes = [...rounds, ...seats, { mode: 'free' }, { clientSeed: 'A'.repeat(64) }, { price: 1 }]
    const wrong = ['{', '[]', '"text"', 'null', '{}'].concat(shapes.map((shape) => JSON.stringify(wanted(shape))))
    for (const body of wrong) expect(codeOf(await door.create(own, body)), body).toEqual([400, 'request/invalid'])
    const long = JSON.stringify(wanted({ more: 'x'.repeat(70_000) }))
    expect(codeOf(await door.create(own, long))).toEqual([413, 'request/too-large'])
    const seat = { token: own.token, body: { more: 'x'.repeat(5_000) } }
    expect(codeOf(await door.http('POST', '/actors/feed/main/seat', seat))).toEqual([413, 'request/too-large'])
    expect(await door.credits(own)).toBe(CREDITS)
  })

  test('over a socket, which stays open', async () => {
    const [creator, other] = [await door.guest(), await door.guest()]
    const client = await door.visit(await door.battle(creator), other)
    expect(await client.ask('join', {})).toMatchObject(refusal('request/invalid'))
    expect(await client.ask('join', { seat: '1', clientSeed: seed() })).toMatchObject(refusal('request/invalid'))
    expect(await client.ask('join', { seat: 1, clientSeed: 'short' })).toMatchObject(refusal('request/invalid'))
    expect(await client.ask('join', { ...seatAt(1), price: 0 })).toMatchObject(refusal('request/invalid'))
    for (const type of ['dance', 'constructor', '__proto__']) client.room.send(type, { command: 1 })
    client.room.send('join', 'no record')
    client.room.send('join')
    await expect
      .poll(() => client.errors.map(({ code }) => code), soon)
      .toEqual(Array.from({ length: 5 }, () => 'request/invalid'))
    expect(client.isOpen()).toBe(true)
    expect(await client.ask('join', seatAt(1))).toMatchObject({ ok: true })
  })

  test('a message over 4 KiB is answered; one over 64 KiB ends the socket', async () => {
    const client = await door.visit(await door.battle(await door.guest()), await door.guest())
    const long = (bytes: number) => ({ ...seatAt(1), clientSeed: 'x'.repeat(bytes) })
    expect(await client.ask('join', long(4_096))).toMatchObject(refusal('request/too-large'))
    expect(await client.ask('join', long(60_000))).toMatchObject(refusal('request/too-large'))
    expect(client.isOpen()).toBe(true)
    client.room.send('join', { command: 1, ...long(70_000) })
    expect((await client.closed).code).toBe(1009)
  })

  test('more than so many messages a second are refused, and the socket stays open', async () => {
    const client = await door.visit(await door.battle(await door.guest()), await door.guest())
    const replies = await Promise.all(Array.from({ length: PER_SECOND + 20 }, () => client.ask('leave')))
    const codes = replies.map((reply) => (reply.ok ? 'ok' : reply.error.code))
    expect(codes.slice(0, PER_SECOND)).toEqual(Array.from({ length: PER_SECOND }, () => 'battle/not-seated'))
    expect(codes.slice(PER_SECOND)).toContain('request/too-many')
    expect(client.isOpen()).toBe(true)
    await expect.poll(() => client.ask('leave'), soon).toMatchObject(refusal('battle/not-seated'))
  })
})

describe('what cannot be done', () => {
  test('joining twice', async () => {
    const [creator, other] = [await door.guest(), await door.guest()]
    const battle = await door.battle(creator, { seats: 3 })
    const [one, two] = [await door.visit(battle, creator), await door.visit(battle, other)]
    expect(await one.ask('join', seatAt(1))).toMatchObject(refusal('battle/already-seated'))
    expect(await two.ask('join', seatAt(1))).toMatchObject({ ok: true })
    expect(await two.ask('join', seatAt(2))).toMatchObject(refusal('battle/already-seated'))
    expect(await two.ask('join', seatAt(1))).toMatchObject(refusal('battle/already-seated'))
    expect([await door.credits(creator), await door.credits(other)]).toEqual([CREDITS - PRICE, CREDITS - PRICE])
  })

  test('leaving after the start; before it, the seat is refunded', async () => {
    const [creator, other, third] = [await door.guest(), await door.guest(), await door.guest()]
    const battle = await door.battle(creator)
    const [one, two, three] = [
      await door.visit(battle, creator),
      await door.visit(battle, other),
      await door.visit(battle, third),
    ]
    expect(await two.ask('leave')).toMatchObject(refusal('battle/not-seated'))
    expect(await two.ask('join', seatAt(1))).toMatchObject({ ok: true })
    expect(await two.ask('leave')).toMatchObject(refusal('battle/already-started'))
    expect(await one.ask('cancel')).toMatchObject(refusal('battle/already-started'))
    expect(await three.ask('join', seatAt(1))).toMatchObject(refusal('battle/full'))
    await phase(three).toBe('settled')
    expect(await door.credits(other)).toBe(CREDITS - PRICE)
    expect(await three.ask('join', seatAt(1))).toMatchObject(refusal('battle/finished'))
    expect(await two.ask('leave')).toMatchObject(refusal('battle/finished'))
    expect(await door.credits(third)).toBe(CREDITS)
    const waiting = await door.battle(third, { seats: 3 })
    const late = await door.visit(waiting, creator)
    expect(await late.ask('join', seatAt(2))).toMatchObject({ ok: true })
    expect(await door.credits(creator)).toBe(CREDITS - 2n * PRICE)
    expect(await late.ask('leave')).toMatchObject({ ok: true })
    expect(await door.credits(creator)).toBe(CREDITS - PRICE)
  })

  test('joining a battle that was cancelled, or one of somebody else’s to cancel or fill with bots', async () => {
    const [creator, other] = [await door.guest(), await door.guest()]
    const battle = await door.battle(creator)
    const [one, two] = [await door.visit(battle, creator), await door.visit(battle, other)]
    expect(await two.ask('cancel')).toMatchObject(refusal('battle/not-creator'))
    expect(await two.ask('callBot', { seat: 1 })).toMatchObject(refusal('battle/not-creator'))
    expect(await one.ask('cancel')).toMatchObject({ ok: true })
    expect(await door.credits(creator)).toBe(CREDITS)
    expect(await two.ask('join', seatAt(1))).toMatchObject(refusal('battle/finished'))
    const late = await door.visit(battle, other)
    expect(await late.ask('join', seatAt(1))).toMatchObject(refusal('battle/finished'))
    expect(await door.credits(other)).toBe(CREDITS)
  })

  test('paying more than one has: nothing is taken', async () => {
    const [rich, poor] = [await door.guest(), await door.guest()]
    const rounds = Array.from({ length: 50 }, () => 'clockwork-attic')
    expect(codeOf(await door.create(poor, wanted({ rounds })))).toEqual([402, 'ledger/insufficient'])
    expect(await door.credits(poor)).toBe(CREDITS)
    const battle = await door.battle(rich, { rounds: rounds.slice(0, 20) })
    await door.battle(poor, { rounds: rounds.slice(0, 20) })
    const client = await door.visit(battle, poor)
    expect(await client.ask('join', seatAt(1))).toMatchObject(refusal('ledger/insufficient'))
    expect(client.isOpen()).toBe(true)
    expect([...client.state().seats].map(({ user }) => user)).toEqual([rich.user.id, ''])
    expect(await door.credits(poor)).toBe(CREDITS - 70_000n)
  })

  test('selling what one does not have', async () => {
    const { token } = await door.guest()
    const sell = (asset: string, count: number) =>
      door.http('POST', '/transactions/sell', { token, key: randomUUID(), body: { asset, count } })
    expect(codeOf(await sell('play:item:golden-acorn', 1))).toEqual([402, 'ledger/insufficient'])
    expect(codeOf(await sell('play:item:nothing', 1))).toEqual([404, 'item/unknown'])
    expect(codeOf(await sell('play:CREDIT', 1))).toEqual([404, 'item/unknown'])
    expect(codeOf(await sell('play:item:golden-acorn', -1))).toEqual([400, 'request/invalid'])
  })
})

describe('who is not known', () => {
  test('a token that is missing, forged, expired, or of nobody', async () => {
    const own = await door.guest()
    const [head, payload, signature] = own.token.split('.') as [string, string, string]
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<'sub' | 'sid' | 'name', string>
    const { sub: user, sid: session, name } = claims
    const principal = { user, session, name, guest: true, tenant: 'main', roles: ['player'] } as const
    const pool = new pg.Pool({ connectionString: database.url, max: 1 })
    const sign = await tokenSigner(pool, Buffer.from(SECRET_KEY, 'hex'))
    const forge = await tokenSigner(pool, Buffer.from(SECRET_KEY, 'hex'), { forged: true })
    await pool.end()
    const signed = (expires_ms: number) => sign({ ...principal, expires_ms })
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    const admin = Buffer.from(JSON.stringify({ ...claims, roles: ['admin'] })).toString('base64url')
    const bad: [string, string | undefined][] = [
      ['auth/token-missing', undefined],
      ['auth/token-invalid', 'forged'],
      ['auth/token-invalid', `${head}.${payload}.${signature.toLowerCase()}`],
      ['auth/token-invalid', `${head}.${admin}.${signature}`],
      ['auth/token-invalid', `${none}.${payload}.`],
      ['auth/token-invalid', forge({ ...principal, expires_ms: Date.now() + 60_000 })],
      ['auth/token-expired', signed(Date.now() - 60_000)],
    ]
    const battle = await door.battle(own)
    for (const [code, token] of bad) {
      const as = token === undefined ? {} : { token }
      expect(codeOf(await door.http('GET', '/me', as)), token).toEqual([401, code])
      expect(codeOf(await door.http('POST', '/battles', { ...as, key: randomUUID(), body: wanted() })), token).toEqual([
        401,
        code,
      ])
      expect(codeOf(await door.http('POST', `/actors/session/${own.user.id}/seat`, as)), token).toEqual([401, code])
      if (token !== undefined) {
        expect(codeOf(await door.http('POST', `/actors/battle/${battle}/seat`, as)), token).toEqual([401, code])
        const client = await door.visit(battle, own)
        client.room.send('token', { token })
        expect(await client.closed).toEqual({ code: 4401, reason: code })
      }
    }
    const good = signed(Date.now() + 60_000)
    expect((await door.http('GET', '/me', { token: good })).status).toBe(200) // so the forgeries failed for what was forged
  })

  test('watching needs no token, playing does', async () => {
    const client = await door.visit(await door.battle(await door.guest()))
    await phase(client).toBe('waiting')
    expect(await client.ask('join', seatAt(1))).toMatchObject(refusal('auth/token-missing'))
    expect(client.isOpen()).toBe(true)
  })

  test('another’s session', async () => {
    const [one, two] = [await door.guest(), await door.guest()]
    const answer = await door.http('POST', `/actors/session/${one.user.id}/seat`, { token: two.token })
    expect(codeOf(answer)).toEqual([403, 'auth/forbidden'])
  })
})

describe('an idempotency key', () => {
  test('gives the same battle for the same body, refuses another one, and is needed', async () => {
    const own = await door.guest()
    const [body, key] = [wanted(), randomUUID()]
    const answers = await Promise.all(Array.from({ length: 8 }, () => door.create(own, body, key)))
    expect(new Set(answers.map((answer) => JSON.stringify([answer.status, answer.body]))).size).toBe(1)
    expect(answers[0]!.status).toBe(201)
    expect(codeOf(await door.create(own, wanted({ seats: 3 }), key))).toEqual([409, 'request/key-reused'])
    expect(codeOf(await door.http('POST', '/battles', { token: own.token, body }))).toEqual([
      400,
      'request/key-missing',
    ])
    expect(await door.credits(own)).toBe(CREDITS - PRICE)
    const [other, sameKey] = [await door.guest(), await door.create(await door.guest(), body, key)]
    expect(sameKey.status).toBe(201)
    expect(sameKey.body).not.toEqual(answers[0]!.body)
    expect(await door.credits(other)).toBe(CREDITS)
  })
})

test('of a thousand who want the last seat at once exactly one gets it, and the others keep their money', async () => {
  const battle = await door.battle(await door.guest())
  const all = await inTurns(1_000, 50, door.guest)
  const clients = await inTurns(all.length, 50, (i) => door.visit(battle, all[i]))
  const replies = await Promise.all(clients.map((client) => client.ask('join', seatAt(1))))
  const codes = replies.map((reply) => (reply.ok ? 'ok' : reply.error.code))
  const winner = codes.indexOf('ok')
  expect(Object.groupBy(codes, (code) => code)).toMatchObject({ ok: ['ok'] })
  expect(new Set(codes.toSpliced(winner, 1))).toEqual(new Set(['battle/full']))
  expect(clients.every((client) => client.isOpen())).toBe(true)
  await phase(clients[0]!).toBe('settled')
  expect(clients[0]!.state().seats[1]?.user).toBe(all[winner]!.user.id)
  const credits = await inTurns(all.length, 50, (i) => door.credits(all[i]!))
  expect(credits.map((left, i) => left === (i === winner ? CREDITS - PRICE : CREDITS))).not.toContain(false)
}, 60_000)

test('after all of that, the audit finds nothing wrong', async () => {
  expect(await audit({ DATABASE_URL: database.url })).toMatchObject({ audit: 'ok' })
})
