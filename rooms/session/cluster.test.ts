import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { publishBox } from '../../catalog/publish.ts'
import type { RollingDrop, SessionLink } from '../../client-sdk/api.ts'
import { connect } from '../../client-sdk/connect.ts'
import { memoryTokens } from '../../client-sdk/tokens.ts'
import { freePort } from '../../embedded/free-port.ts'
import { wallClock } from '../../entropy/clock.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import type { RollingDropError } from '../../schema/errors.ts'
import type { Tokens } from '../../schema/http.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { hasRedis, startRedis, type TestRedis } from '../../test/redis.ts'
import { BOX, openTestRooms, type TestRooms } from '../../test/rooms.ts'
import type { WorkerNode } from '../../test/rooms-worker.ts'

/** Two nodes over one database and one Redis: this one, and others in threads that can be killed. */
describe.skipIf(!hasRedis)('a session over the cluster', () => {
  let redis: TestRedis
  let node: TestRooms & { close(): Promise<void> }
  let other: Awaited<ReturnType<typeof anotherNode>>
  let ahead_ms = 0
  const clock = {
    ...wallClock,
    now: () => wallClock.now() + ahead_ms,
    at: (at_ms: number, run: () => void) => wallClock.at(at_ms - ahead_ms, run),
  }
  const clients: RollingDrop[] = []
  const workers: Worker[] = []

  beforeAll(async () => {
    redis = await startRedis()
    const port = await freePort()
    node = await openTestRooms({ redisUrl: redis.url, publicAddress: `127.0.0.1:${port}` }, clock, port)
    await publishBox({ pool: node.pool, ledger: node.ledger, tenant: 'main', clock: Date.now }, BOX)
    other = await anotherNode()
  })
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()))
    await Promise.all(workers.map((worker) => worker.terminate()))
    await node.close()
    await redis.stop()
  })

  const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 15_000, interval: 10 })
  const holderOf = async ({ user }: Tokens) => (await node.ledger.actors.find(`session-${user.id}`))?.node ?? null

  async function anotherNode() {
    const port = await freePort()
    const config = { ...node.config, publicAddress: `127.0.0.1:${port}` }
    const workerData: WorkerNode = { config, secretKey: node.secretKey, port }
    const worker = new Worker(new URL('../../test/rooms-worker.ts', import.meta.url), { workerData })
    workers.push(worker)
    const [{ ready }] = (await once(worker, 'message')) as [{ ready: string }]
    return { id: ready, url: `http://127.0.0.1:${port}`, kill: () => worker.terminate() }
  }

  /** A device of a user that knows the node at `url`, and all that it is told. */
  function device(tokens: Tokens, url: string) {
    const store = memoryTokens()
    store.save(tokens)
    // These nodes are rooms and nothing else: what services would answer comes from their access.
    const answered: typeof fetch = async (input, init) => {
      const { pathname } = new URL(input as string)
      if (pathname === '/me') return Response.json({ user: tokens.user })
      if (pathname !== '/auth/refresh') return fetch(input, init)
      const { refreshToken } = JSON.parse(init!.body as string) as Tokens
      return node.access.refresh(refreshToken).then(
        (fresh) => Response.json(fresh),
        (error: RollingDropError) => Response.json({ code: error.code }, { status: error.status }),
      )
    }
    const client = connect(url, { tokens: store, fetch: answered })
    clients.push(client)
    const link: SessionLink = client.session()
    const told: string[] = []
    link.onResult(({ type, payload }) => told.push(type === 'item.sold' ? String(payload['i']) : type))
    return { link, told, client, store }
  }

  /** Has the node at `url` take the session, as one does that was chosen for it. */
  const takenBy = (url: string, { user, token }: Tokens) =>
    fetch(`${url}/actors/session/${user.id}/seat?take=1`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })

  const happen = ({ user }: Tokens, i: number) =>
    node.ledger.commit({
      id: uuidv7(),
      kind: 'test.tell',
      tenant: 'main',
      request: 'ab'.repeat(32),
      transfers: [],
      events: [{ type: 'item.sold', user: user.id, payload: { i } }],
    })

  test('is one for all devices, whichever node they know, and the devices see the same', async () => {
    const ann = await node.guest()
    await takenBy(other.url, ann)
    const [here, there] = [device(ann, node.url), device(ann, other.url)]
    await until(() => expect([here.link.status, there.link.status]).toEqual(['live', 'live']))
    expect(await holderOf(ann)).toBe(other.id)
    const opened = await here.link.open(BOX.id, 2)
    expect(opened.drops).toHaveLength(2)
    await until(() =>
      expect([here.told, there.told].map((told) => told.at(-1))).toEqual(['opening.opened', 'opening.opened']),
    )
    await until(() => expect(there.link.state!.balances.get(PLAY_CREDIT)).toBe(opened.balance))
    const { seeds } = there.link.state!
    expect([seeds.seeds, seeds.nonce]).toEqual([opened.seeds, 2])
  })

  test('goes on elsewhere when its node dies, with every message once and in order, and every command done once', async () => {
    const ann = await node.guest()
    const dying = await anotherNode()
    await takenBy(dying.url, ann)
    const { link, told } = device(ann, node.url)
    await until(() => expect(link.status).toBe('live'))
    expect(await holderOf(ann)).toBe(dying.id)
    for (let i = 0; i < 5; i++) await happen(ann, i)
    const asked = [1, 2, 3].map(() => link.open(BOX.id))
    await dying.kill()
    for (let i = 5; i < 10; i++) await happen(ann, i)
    const opened = await Promise.all(asked)
    expect(opened.flatMap(({ drops }) => drops.map(({ nonce }) => nonce)).toSorted((a, b) => a - b)).toEqual([0, 1, 2])
    await until(async () => expect([node.rooms.node(), other.id]).toContain(await holderOf(ann)))
    const sold = () => told.filter((each) => /^\d+$/.test(each))
    await until(() => expect(sold()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']))
    expect(told.filter((each) => each === 'opening.opened')).toHaveLength(3)
    expect(await node.creditsOf(ann)).toBe(100_000n - 3n * BOX.price)
  })

  test('is followed within seconds by no second one that stays: a node that lost it sends its devices on', async () => {
    const ann = await node.guest()
    const { link } = device(ann, node.url)
    await until(() => expect(link.status).toBe('live'))
    const statuses: string[] = []
    link.onStatus((status) => statuses.push(status))
    await node.pool.query(`update actor set epoch = epoch + 1, version = version + 1, node = null where id = $1`, [
      `session-${ann.user.id}`,
    ])
    await vi.waitFor(() => expect(statuses).toEqual(['reconnecting', 'live']), { timeout: 5_000, interval: 10 })
    expect(await holderOf(ann)).toBe(node.rooms.node())
  })

  test('that nobody is in leaves memory, and comes back intact', async () => {
    const ann = await node.guest()
    const first = device(ann, node.url)
    await first.link.open(BOX.id)
    await until(() => expect(first.told).toContain('opening.opened'))
    await until(() => expect(first.link.state!.seeds.nonce).toBe(1))
    await until(() => expect(first.link.state!.balances.get(PLAY_CREDIT)).toBe('99750'))
    const shown = first.link.state!.toJSON()
    await first.client.close()
    ahead_ms += 21_000
    await until(async () => expect(await holderOf(ann)).toBeNull())
    await happen(ann, 7)
    const back = device(ann, node.url)
    await until(() => expect(back.told.at(-1)).toBe('7'))
    expect(back.link.state!.toJSON()).toEqual(shown)
  })

  describe('ends', () => {
    /** Devices on both nodes; what must be over within 5 s, on whichever node it is heard. */
    async function ended(end: (ann: Tokens) => Promise<void>, before = async () => {}): Promise<void> {
      const ann = await node.guest()
      await takenBy(other.url, ann)
      const { link, store } = device(ann, other.url)
      const onOther = await new Promise<SessionLink>((resolve) => {
        link.onStatus((status) => status === 'live' && resolve(link))
      })
      await before()
      const began = performance.now()
      await end(ann)
      const refusedBy = async (url: string) => (await takenBy(url, ann)).status
      await vi.waitFor(
        async () => {
          expect([await refusedBy(node.url), await refusedBy(other.url)]).toEqual([401, 401])
          expect(onOther.status).toBe('closed')
        },
        { timeout: 5_000, interval: 20 },
      )
      expect(performance.now() - began).toBeLessThan(5_000)
      await expect(onOther.open(BOX.id)).rejects.toMatchObject({ code: 'auth/revoked' })
      expect(store.load()).toBeNull()
    }
    const logout = async ({ token }: Tokens) => node.access.logout(await node.access.authenticate(token))
    const ban = ({ user }: Tokens) => node.access.revoke('main', { user: user.id })

    test('with a logout on another node, within 5 s', () => ended(logout))
    test('with a ban on another node, within 5 s', () => ended(ban))
    test.each([
      ['a logout', logout],
      ['a ban', ban],
    ])('with %s on another node also while Redis is down', async (_what, end) => {
      try {
        await ended(end, () => redis.stop())
      } finally {
        redis = await startRedis(Number(new URL(redis.url).port))
      }
    })
  })
})
