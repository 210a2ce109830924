import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { battleSeedContext } from '../../access/seal.ts'
import { wallClock } from '../../entropy/clock.ts'
import { toAmount } from '../../schema/amount.ts'
import type { Box } from '../../schema/box.ts'
import { battleFrames } from '../../schema/channels/battles.ts'
import type { PlainFrame } from '../../schema/plain-battles.ts'
import { formatPosition } from '../../schema/position.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { BOX, clientSeed, openTestRooms, type TestRooms } from '../../test/rooms.ts'
import { BattleActivation } from '../battle/activation.ts'
import { commandOf } from '../battle/command.ts'
import { readPublished } from '../live/spec/published.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => {
  const feed = { tick_ms: 5, recovery_max: 1_000, filters_max: 20, skip_bytes: 60_000, slow_bytes: 1e6, slow_ms: 1_000 }
  node = await openTestRooms({ spectators_max: 2, sockets_per_user_max: 2, messages_per_second: 20, feed })
})
afterAll(() => node.close())

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 5 })
type Frames = { [type in PlainFrame['type']]: Extract<PlainFrame, { type: type }> }

async function dial(headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}/ws/battles`, { headers })
  const texts: string[] = []
  socket.on('message', (data: Buffer, isBinary) => texts.push(isBinary ? 'binary' : data.toString()))
  socket.on('error', () => {}) // Followed by its close.
  const closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve([code, reason.toString()])))
  await new Promise((resolve) => socket.on('open', resolve))
  const frames = () => texts.map((text) => readPublished(battleFrames, JSON.parse(text)) as PlainFrame)
  return {
    socket,
    texts,
    closed,
    of: <T extends keyof Frames>(type: T) => frames().filter((frame) => frame.type === type) as Frames[T][],
    say: (message: object | string) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    close: async () => (socket.close(), closed),
  }
}

type Dialled = Awaited<ReturnType<typeof dial>>
const phaseOf = (client: Dialled) => client.of('battle').at(-1)?.state.phase
const codesOf = (client: Dialled) => client.of('error').map(({ code }) => code)

describe('the lobby over a plain socket', () => {
  test('tells what happens to battles from a position on, once, strangers masked', async () => {
    const since = formatPosition(node.tail)
    const ann = await node.guest()
    const id = await node.battle(ann)
    const client = await dial()
    client.say({ type: 'lobby', since })
    await until(() => expect(client.of('welcome')).toMatchObject([{ recovered: true }]))
    const creator = await node.join('battle', id, ann.token)
    await creator.ask('cancel')
    const told = () => [...client.of('welcome'), ...client.of('frame')].flatMap(({ events }) => events)
    await until(() =>
      expect(told().map(({ type }) => type)).toEqual(['battle.created', 'battle.joined', 'battle.cancelled']),
    )
    expect(client.texts.join()).not.toContain(ann.user.id)
    client.say({ type: 'leaveLobby' })
    client.say({ type: 'watch', battle: id })
    await until(() => expect(phaseOf(client)).toBe('cancelled'))
    await node.battle(ann, { unlisted: true })
    await client.close()
  })

  test('is narrowed by a filter, to nothing but battles', async () => {
    const client = await dial()
    client.say({ type: 'lobby', filter: { types: ['battle.settled'], box: 'plain' } })
    await until(() => expect(client.of('welcome')).toHaveLength(1))
    client.say({ type: 'lobby', filter: { types: ['faucet.granted'] } })
    client.say({ type: 'lobby', since: 'yesterday' })
    await until(() => expect(codesOf(client)).toEqual(['feed/filter', 'feed/position']))
    expect(client.of('error')[1]).toMatchObject({ of: 'lobby', retry: false })
    await client.close()
  })
})

describe('a battle over a plain socket', () => {
  /** Boxes whose prizes have names that occur nowhere else and say which round they are of. */
  const boxes = [0, 1, 2, 3].map((round) => Object.assign({}, BOX, { id: `box${round}`, prizes: prizesOf(round) }))

  function prizesOf(round: number): Box['prizes'] {
    return ['first', 'second'].map((name, n) => ({
      sku: `r${round}${name}`,
      name: `n${round}${name}`,
      rarity: 'rare',
      weight: 1,
      value: toAmount(BigInt(1_000_003 + round * 10_007 + n)),
    }))
  }

  test('is shown whole at first, then each commit and each round at its time, and nothing of it before', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const id = await node.battle(ann, { boxes, reveal_ms: 120 })
    const stored = await node.stored(id)
    const seed = node.sealer.open(stored.sealedSeed, battleSeedContext(id))
    const client = await dial()
    client.say({ type: 'watch', battle: id })
    await until(() => expect(phaseOf(client)).toBe('waiting'))
    const player = await node.join('battle', id, bob.token)
    await player.ask('join', { seat: 1, clientSeed: clientSeed() })
    for (let round = 0; round < boxes.length; round++) {
      await until(() => {
        const revealed = client.of('rounds').at(-1)?.revealed ?? 0
        const ahead = Math.max(revealed, player.room.state.revealed as number)
        const text = client.texts.join()
        for (const { prizes } of boxes.slice(ahead)) for (const { sku } of prizes) expect(text).not.toContain(sku)
        if (phaseOf(client) !== 'settled') expect(text).not.toContain(seed)
        expect(text).not.toContain(stored.sealedSeed)
        expect(revealed).toBeGreaterThan(round)
      })
    }
    await until(() => expect(phaseOf(client)).toBe('settled'))
    const rounds = client.of('rounds')
    // A machine that is busy for longer than a round is shown tells of two at once.
    expect(rounds.map(({ from }) => from)).toEqual([0, ...rounds.slice(0, -1).map(({ revealed }) => revealed)])
    expect(rounds.at(-1)!.revealed).toBe(4)
    const last = client.of('battle').at(-1)!.state
    expect(rounds.flatMap(({ drops }) => drops)).toEqual(last.drops)
    expect(rounds.at(-1)!.totals).toEqual(last.seats.map(({ total }) => total))
    expect(last).toMatchObject({ serverSeed: seed, revealed: 4 })
    expect(client.texts.join()).not.toContain('connected')
    await client.close()
  })

  test('is followed on any node, also one that does not act for it', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const id = await node.battle(ann)
    const client = await dial()
    client.say({ type: 'watch', battle: id })
    await until(() => expect(phaseOf(client)).toBe('waiting'))
    const had = node.rooms.counts().battles
    const session = await node.pool.connect()
    await session.query(
      `insert into node(id, process, address, lease_until) values ('else', 'p', 'else:1', 'infinity')`,
    )
    const row = (await node.ledger.actors.activate(`battle-${id}`, 'else'))!
    await session.query(`select pg_advisory_lock(7, lock_key) from node where id = 'else'`)
    const none = { info: () => {}, warn: () => {}, error: () => {} }
    const { ledger, entropy, sealer } = node
    const acting = { row, ledger, entropy, sealer, clock: wallClock, log: none, mailbox_max: 10 }
    const elsewhere = new BattleActivation({ ...acting, gone: () => {}, changed: () => {} })
    const by = { user: bob.user.id, name: bob.user.name, level: 0 }
    const join = { type: 'join', message: { command: 1, seat: 1, clientSeed: clientSeed() } } as const
    await elsewhere.ask(commandOf(id, by, join, entropy))
    await until(() => expect(phaseOf(client)).toBe('settled'))
    expect(client.of('rounds')).toHaveLength(1)
    expect(node.rooms.counts().battles).toBeLessThanOrEqual(had)
    session.release(true)
    await client.close()
  })

  test('that is none, is another tenant’s or has too many spectators is refused with a code', async () => {
    const id = await node.battle(await node.guest())
    const clients = [await dial(), await dial(), await dial()]
    clients[0]!.say({ type: 'watch', battle: uuidv7() })
    await until(() => expect(codesOf(clients[0]!)).toEqual(['battle/unknown']))
    for (const client of clients.slice(0, 2)) client.say({ type: 'watch', battle: id })
    await until(() => expect(clients.slice(0, 2).map(phaseOf)).toEqual(['waiting', 'waiting']))
    clients[2]!.say({ type: 'watch', battle: id })
    await until(() => expect(codesOf(clients[2]!)).toEqual(['battle/too-many-spectators']))
    clients[0]!.say({ type: 'unwatch' })
    await until(() => {
      clients[2]!.say({ type: 'watch', battle: id })
      expect(phaseOf(clients[2]!)).toBe('waiting')
    })
    await Promise.all(clients.map((client) => client.close()))
  })
})

describe('a plain socket', () => {
  test('answers what it cannot read with a code and stays open, and ends one that floods it', async () => {
    const client = await dial()
    for (const said of ['nonsense', '[]', { type: 'dance' }, { type: 'constructor' }, { type: 'watch', battle: 7 }])
      client.say(said)
    client.socket.send(Buffer.from('{}'))
    client.say({ type: 'token', token: 'x', pad: 'x'.repeat(5_000) })
    await until(() => expect(codesOf(client)).toEqual([...Array(6).fill('request/invalid'), 'request/too-large']))
    for (let i = 0; i < 250; i++) client.say('{}')
    expect(await client.closed).toEqual([4429, 'request/too-many'])
    expect(codesOf(client)).toContain('request/too-many')
  })

  test('takes a token, counts it among the user’s sockets, and ends with it', async () => {
    const ann = await node.guest()
    const bearer = { authorization: `Bearer ${ann.token}` }
    const [one, two] = [await dial(bearer), await dial()]
    two.say({ type: 'token', token: ann.token })
    two.say({ type: 'lobby' })
    await until(() => expect(two.of('welcome')).toHaveLength(1))
    const three = await dial(bearer)
    expect(await three.closed).toEqual([4429, 'request/too-many-sockets'])
    const forged = await dial({ authorization: 'Bearer forged' })
    expect(await forged.closed).toEqual([4401, 'auth/token-invalid'])
    expect(codesOf(forged)).toEqual(['auth/token-invalid'])
    await node.access.logout(await node.access.authenticate(ann.token))
    expect(await Promise.all([one.closed, two.closed])).toEqual([
      [4401, 'auth/revoked'],
      [4401, 'auth/revoked'],
    ])
  })

  test('is sent elsewhere when its node goes, and nobody is let in any more', async () => {
    const client = await dial()
    await node.rooms.drain()
    expect(await client.closed).toEqual([4101, ''])
    expect(codesOf(client)).toEqual(['server/draining'])
    const late = new WebSocket(`${node.url.replace('http', 'ws')}/ws/battles`)
    const status = await new Promise((resolve) => {
      late.on('unexpected-response', (_request, response) => resolve(response.statusCode))
      late.on('error', () => {}) // Its answer is what we wait for.
    })
    expect(status).toBe(503)
  })
})
