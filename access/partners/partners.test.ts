import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openLedger, type OpenLedger } from '../../ledger/open.ts'
import { PARTNER_SKEW_S, partnerHeaders } from '../../schema/partner.ts'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import type { NewPartnerKey, PartnerQuota, SignedRequest } from '../partner.ts'
import { createSealer } from '../seal.ts'
import { PartnerAdministration } from './administration.ts'
import { openPartners, type OpenPartners } from './open.ts'
import { signRequest } from './signature.ts'

const QUOTA: PartnerQuota = { connections_max: 5, requests_per_minute: 10_000, messages_per_s: 100 }
const sealer = createSealer(randomBytes(32))
const failures: unknown[] = []

let database: TestDatabase
let pool: pg.Pool
/** Two nodes, each with a tail of its own and without Redis. */
let ledgers: OpenLedger[]
let nodes: OpenPartners[]
let administration: PartnerAdministration
let ahead_ms = 0
const clock = () => Date.now() + ahead_ms

beforeAll(async () => {
  database = await createDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 8 })
  pool.on('connect', (client) => void client.on('error', () => {})) // Dropping the database may still meet one that closes.
  ledgers = [await openLedger({ databaseUrl: database.url }), await openLedger({ databaseUrl: database.url })]
  nodes = await Promise.all(ledgers.map((opened) => openNode(opened)))
  administration = new PartnerAdministration({ pool, sealer, clock, ledger: ledgers[0]!.ledger })
})
afterAll(async () => {
  for (const node of nodes) node.close()
  for (const { close } of ledgers) await close()
  await pool.end()
  await database.drop()
})

const openNode = ({ ledger, tail }: OpenLedger, quota = QUOTA) =>
  openPartners({ pool, ledger, tail, sealer, quota, clock, failed: (error) => failures.push(error) })

let names = 0
const newKey = async () => (await administration.create(`partner-${++names}`, `tenant-${names}`))!
const partnerOf = async () => (await administration.find(`partner-${names}`))!
const coded = (code: string) => expect.objectContaining({ code })

const CALL = { method: 'GET', path: '/partner/v1/stream/notifications?limit=5' }
const requestOf = (headers: SignedRequest['headers'], changed: Partial<SignedRequest> = {}): SignedRequest => ({
  ...CALL,
  headers,
  body: new Uint8Array(),
  ...changed,
})
const signed = (key: NewPartnerKey) => requestOf(signRequest(key, CALL, clock()))
/** A node that learned of the key: from then on its answer is about the call. */
const known = (key: NewPartnerKey, node = nodes[0]) =>
  vi.waitFor(() => node!.authenticate(signed(key)), { timeout: 5_000, interval: 10 })

describe('a signed call', () => {
  test('says which partner it is of, on any node', async () => {
    const key = await newKey()
    expect(key.id).toMatch(new RegExp(`^partner-${names}-[0-9a-z]{8}$`))
    expect(Buffer.from(key.secret, 'base64url')).toHaveLength(32)
    for (const node of nodes)
      expect(await known(key, node)).toMatchObject({
        name: `partner-${names}`,
        tenant: `tenant-${names}`,
        key: key.id,
        quota: QUOTA,
      })
  })

  test('rests encrypted: no secret is in the database', async () => {
    const key = await newKey()
    const { rows } = await pool.query<{ sealed_secret: string }>('select * from partner_key where id = $1', [key.id])
    expect(JSON.stringify(rows)).not.toContain(key.secret)
    expect(sealer.open(rows[0]!.sealed_secret, `partner-key/${key.id}`)).toBe(key.secret)
  })

  test('without one of the headers is refused', async () => {
    const key = await newKey()
    for (const header of Object.values(partnerHeaders)) {
      const request = signed(key)
      await expect(
        nodes[0]!.authenticate({ ...request, headers: { ...request.headers, [header]: undefined } }),
      ).rejects.toEqual(expect.objectContaining({ code: 'partner/key-missing', details: { header } }))
    }
  })

  test('that was changed in any part is refused', async () => {
    const key = await newKey()
    const other = await newKey()
    await known(key)
    await known(other)
    const { headers } = signed(key)
    const { headers: others } = signed(other)
    const changes: Partial<SignedRequest>[] = [
      { method: 'POST' },
      { path: '/partner/v1/stream/notifications?limit=6' },
      { path: '/partner/v1/stream/notifications' },
      { body: Buffer.from('{}') },
      { headers: { ...headers, [partnerHeaders.nonce]: 'abcdefghijklmnopqrstuv' } },
      { headers: { ...headers, [partnerHeaders.timestamp]: String(Number(headers[partnerHeaders.timestamp]) - 1) } },
      { headers: { ...headers, [partnerHeaders.key]: other.id } },
      { headers: { ...headers, [partnerHeaders.signature]: others[partnerHeaders.signature]! } },
      { headers: { ...headers, [partnerHeaders.signature]: 'short' } },
      { headers: { ...headers, [partnerHeaders.nonce]: 'short' } },
    ]
    for (const change of changes)
      await expect(nodes[0]!.authenticate(requestOf(headers, change))).rejects.toEqual(coded('partner/signature'))
    await expect(nodes[0]!.authenticate(requestOf(headers))).resolves.toMatchObject({ key: key.id })
  })

  test('covers its body', async () => {
    const key = await newKey()
    await known(key)
    const body = Buffer.from('{"box":"tidal-cache"}')
    const post = { method: 'POST', path: '/partner/v1/open-box' }
    const headers = signRequest(key, { ...post, body }, clock())
    await expect(nodes[0]!.authenticate({ ...post, headers, body: Buffer.from('{"box":"x"}') })).rejects.toEqual(
      coded('partner/signature'),
    )
    await expect(nodes[0]!.authenticate({ ...post, headers, body })).resolves.toMatchObject({ key: key.id })
  })

  test('is good up to five minutes before and after our time, and not a moment longer', async () => {
    const key = await newKey()
    await known(key)
    const at = (offset_s: number) => requestOf(signRequest(key, CALL, clock() + offset_s * 1000))
    for (const offset_s of [-PARTNER_SKEW_S + 2, PARTNER_SKEW_S - 2])
      await expect(nodes[0]!.authenticate(at(offset_s))).resolves.toBeDefined()
    for (const offset_s of [-PARTNER_SKEW_S - 2, PARTNER_SKEW_S + 2])
      await expect(nodes[0]!.authenticate(at(offset_s))).rejects.toEqual(coded('partner/stale'))
    const { headers } = signed(key)
    for (const timestamp of ['yesterday', '-1', '1e9', '9'.repeat(40)])
      await expect(
        nodes[0]!.authenticate(requestOf({ ...headers, [partnerHeaders.timestamp]: timestamp })),
      ).rejects.toEqual(coded('partner/stale'))
  })

  test('is good once: not again, not at the same time and not on another node', async () => {
    const key = await newKey()
    for (const node of nodes) await known(key, node)
    const request = signed(key)
    await nodes[0]!.authenticate(request)
    for (const node of nodes) await expect(node.authenticate(request)).rejects.toEqual(coded('partner/replayed'))
    const again = signed(key)
    const answers = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => nodes[i % 2]!.authenticate(again)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('stays refused for as long as its time stamp is good, and leaves nothing after that', async () => {
    const key = await newKey()
    for (const node of nodes) await known(key, node)
    const request = requestOf(signRequest(key, CALL, clock() + 299_000))
    await nodes[0]!.authenticate(request)
    const count = async () => (await pool.query('select from partner_nonce where key = $1', [key.id])).rowCount
    try {
      ahead_ms = 598_000
      await nodes[0]!.dropExpired()
      await expect(nodes[1]!.authenticate(request)).rejects.toEqual(coded('partner/replayed'))
      ahead_ms = 700_000
      await nodes[0]!.dropExpired()
      expect(await count()).toBe(0)
      await expect(nodes[1]!.authenticate(request)).rejects.toEqual(coded('partner/stale'))
    } finally {
      ahead_ms = 0
    }
  })

  test('of an unknown key is refused without asking the database', async () => {
    await known(await newKey())
    const stranger = { id: 'nobody-00000000', secret: 'x' }
    const spy = vi.spyOn(pool, 'query')
    for (let i = 0; i < 20; i++)
      await expect(nodes[0]!.authenticate(signed(stranger))).rejects.toEqual(coded('partner/key-unknown'))
    await expect(nodes[0]!.authenticate(signed({ id: '../../etc', secret: 'x' }))).rejects.toEqual(
      coded('partner/key-unknown'),
    )
    expect(spy).not.toHaveBeenCalled()
    spy.mockRestore()
  })
})

describe('keys', () => {
  test('rotate with an overlap: both are good until the old one ends, which every node tells', async () => {
    const old = await newKey()
    const heard: string[][] = [[], []]
    for (const [at, node] of nodes.entries()) {
      await known(old, node)
      node.onEnded((key) => heard[at]!.push(key))
    }
    const partner = await partnerOf()
    const next = await administration.rotate(partner, 1_500)
    expect(next.id).not.toBe(old.id)
    for (const node of nodes) {
      await known(next, node)
      await expect(node.authenticate(signed(old))).resolves.toMatchObject({ key: old.id })
    }
    await vi.waitFor(() => expect(heard).toEqual([[old.id], [old.id]]), { timeout: 5_000, interval: 10 })
    for (const node of nodes) {
      expect([node.isLive(old.id), node.isLive(next.id)]).toEqual([false, true])
      await expect(node.authenticate(signed(old))).rejects.toEqual(coded('partner/key-unknown'))
      await expect(node.authenticate(signed(next))).resolves.toMatchObject({ key: next.id })
    }
    const listed = await administration.keys(partner)
    expect(listed.map(({ id }) => id)).toEqual([old.id, next.id])
    expect(listed[1]!.ends_ms).toBeNull()
  })

  test('end at once on every node without Redis, also one whose end had been set for later', async () => {
    const key = await newKey()
    const heard: string[] = []
    for (const node of nodes) await known(key, node)
    nodes[1]!.onEnded((ended) => heard.push(ended))
    await administration.rotate(await partnerOf(), 3_600_000)
    await known(key, nodes[1])
    expect(await administration.end(key.id)).toBe(true)
    await vi.waitFor(() => expect(heard).toEqual([key.id]), { timeout: 5_000, interval: 10 })
    for (const node of nodes) await expect(node.authenticate(signed(key))).rejects.toEqual(coded('partner/key-unknown'))
    expect(await administration.end(key.id)).toBe(true)
    expect(await administration.end('nobody-00000000')).toBe(false)
  })

  test('that end while a call of theirs waits for the database are refused', async () => {
    const key = await newKey()
    await known(key)
    const blocker = await pool.connect()
    await blocker.query('begin; lock partner_nonce in access exclusive mode')
    const call = nodes[0]!.authenticate(signed(key))
    await administration.end(key.id)
    await vi.waitFor(() => expect(nodes[0]!.isLive(key.id)).toBe(false), { timeout: 5_000, interval: 10 })
    await blocker.query('rollback')
    blocker.release()
    await expect(call).rejects.toEqual(coded('partner/key-unknown'))
  })

  test('whose change a crash left untold are told by the next node that starts', async () => {
    const key = await newKey()
    await known(key, nodes[1])
    await pool.query('update partner_key set ends_ms = $2, told = false where id = $1', [key.id, clock()])
    expect(nodes[1]!.isLive(key.id)).toBe(true)
    const late = await openNode(ledgers[0]!)
    await vi.waitFor(() => expect(nodes[1]!.isLive(key.id)).toBe(false), { timeout: 5_000, interval: 10 })
    await expect(late.authenticate(signed(key))).rejects.toEqual(coded('partner/key-unknown'))
    expect((await pool.query('select from partner_key where not told')).rowCount).toBe(0)
    late.close()
  })

  test('that cannot be read any more harm no other', async () => {
    const [broken, good] = [await newKey(), await newKey()]
    await pool.query(`update partner_key set sealed_secret = 'x' where id = $1`, [broken.id])
    const fresh = await openNode(ledgers[0]!)
    await expect(fresh.authenticate(signed(good))).resolves.toBeDefined()
    await expect(fresh.authenticate(signed(broken))).rejects.toEqual(coded('partner/key-unknown'))
    expect(String(failures.at(-1))).toContain(broken.id)
    fresh.close()
  })

  test('are of partners whose name is taken once and has the right shape', async () => {
    await newKey()
    expect(await administration.create(`partner-${names}`, 'other')).toBeUndefined()
    for (const name of ['', 'A', 'x', '9lives', 'a b', 'a'.repeat(31), 'a_b'])
      await expect(administration.create(name, 'tenant')).rejects.toEqual(coded('request/invalid'))
    await expect(administration.create('fine', 'no tenant')).rejects.toEqual(coded('request/invalid'))
    expect(await administration.find('nobody')).toBeUndefined()
  })
})

describe('the quota of calls', () => {
  test('is the partner’s over all its keys, says when to come back, and counts no call that is not its own', async () => {
    const key = await newKey()
    const partner = await partnerOf()
    await administration.setQuota(partner, { requests_per_minute: 3 })
    const second = await administration.rotate(partner, 60_000)
    const node = await openNode(ledgers[0]!)
    const other = await newKey()
    const forged = { ...key, secret: 'guessed' }
    for (let i = 0; i < 10; i++)
      await expect(node.authenticate(signed(forged))).rejects.toEqual(coded('partner/signature'))
    for (const each of [key, second, key]) await node.authenticate(signed(each))
    const refused = node.authenticate(signed(second))
    await expect(refused).rejects.toMatchObject({
      code: 'partner/quota',
      details: { requests_per_minute: 3, retryAfter_s: 20 },
    })
    await expect(node.authenticate(signed(other))).resolves.toBeDefined()
    try {
      ahead_ms = 20_001
      await expect(node.authenticate(signed(key))).resolves.toMatchObject({
        quota: { requests_per_minute: 3, connections_max: QUOTA.connections_max },
      })
    } finally {
      ahead_ms = 0
    }
    node.close()
  })
})
