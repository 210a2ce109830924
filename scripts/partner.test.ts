import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createAccess } from '../access/open.ts'
import { openPartners, type OpenPartners } from '../access/partners/open.ts'
import { signRequest } from '../access/partners/signature.ts'
import { createSealer } from '../access/seal.ts'
import { createCatalog } from '../catalog/catalog.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import { HOUSE, userOwner } from '../schema/account.ts'
import { PLAY_CREDIT } from '../schema/asset.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'

/** Each test starts a dozen programs. */
const PATIENCE = { timeout: 90_000 }
const secretKey = randomBytes(32)
let database: TestDatabase
let opened: OpenLedger
let pool: pg.Pool
let partners: OpenPartners
beforeAll(async () => {
  database = await createDatabase()
  opened = await openLedger({ databaseUrl: database.url })
  pool = new pg.Pool({ connectionString: database.url, max: 4 })
  pool.on('connect', (client) => void client.on('error', () => {})) // Dropping the database may still meet one that closes.
  const quota = { connections_max: 1, requests_per_minute: 100, messages_per_s: 1 }
  const sealer = createSealer(secretKey)
  partners = await openPartners({ ...opened, pool, sealer, quota, clock: Date.now, failed: console.error })
})
afterAll(async () => {
  partners.close()
  await opened.close()
  await pool.end()
  await database.drop()
})

async function partner(...args: string[]) {
  const env = { ...process.env, DATABASE_URL: database.url, SECRET_KEY: secretKey.toString('hex') }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'partner.ts'), ...args], { env })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const code = await new Promise((resolve) => child.on('close', resolve))
  const found = { id: /^key +(\S+)$/m.exec(said)?.[1] ?? '', secret: /^secret +(\S+)$/m.exec(said)?.[1] ?? '' }
  return { code, said, key: found }
}

const CALL = { method: 'GET', path: '/' }
const call = (key: Readonly<{ id: string; secret: string }>) =>
  partners.authenticate({ ...CALL, headers: signRequest(key, CALL), body: new Uint8Array() })

test('a partner is made with a key that works and a world in which a guest can play', PATIENCE, async () => {
  const made = await partner('create', 'acme')
  expect(made).toMatchObject({ code: 0 })
  expect(made.said).toContain('partner acme of tenant acme\n')
  expect(await call(made.key)).toMatchObject({ name: 'acme', tenant: 'acme', key: made.key.id })

  const times = { tokenTtl_s: 900, refreshTtl_s: 3600, faucetCredits: 500, clock: Date.now }
  const access = await createAccess({ ...opened, pool, secretKey, ...times })
  const catalog = createCatalog({ ...opened, pool })
  const guest = await access.guest('acme')
  expect(await access.authenticate(guest.token)).toMatchObject({ tenant: 'acme' })
  const { reader } = opened.ledger
  expect((await reader.balance('acme', userOwner(guest.user.id), PLAY_CREDIT))?.balance).toBe(500n)
  expect((await reader.balance('acme', HOUSE, PLAY_CREDIT))?.balance).toBeGreaterThan(0n)
  expect((await catalog.boxes('acme')).length).toBeGreaterThan(0)
  expect(await catalog.boxes('main')).toEqual([])
  access.close()
  catalog.close()

  expect(await partner('create', 'acme')).toMatchObject({ code: 1, key: { secret: '' } })
})

test('its keys are listed, rotate, and end, and no secret is told again', PATIENCE, async () => {
  const { key: old } = await partner('create', 'bolt', '--tenant', 'shared')
  const rotated = await partner('rotate', 'bolt', '--overlap', '3600')
  expect(rotated.said).toContain('end in 3600 s')
  for (const key of [old, rotated.key]) expect(await call(key)).toMatchObject({ tenant: 'shared' })
  const listed = await partner('keys', 'bolt')
  expect(listed.said).toMatch(new RegExp(`^${old.id}  made \\S+  good until \\S+$`, 'm'))
  expect(listed.said).toMatch(new RegExp(`^${rotated.key.id}  made \\S+  good$`, 'm'))
  for (const { secret } of [old, rotated.key]) expect(listed.said).not.toContain(secret)
  expect(await partner('end', old.id)).toMatchObject({ code: 0, said: `key ${old.id} has ended\n` })
  const refused = () => expect(call(old)).rejects.toMatchObject({ code: 'partner/key-unknown' })
  await vi.waitFor(refused, { timeout: 5_000, interval: 50 })
  expect(await call(rotated.key)).toBeDefined()
  expect((await partner('keys', 'bolt')).said).toMatch(new RegExp(`^${old.id}  made \\S+  ended \\S+$`, 'm'))
})

test('its quota is shown and set', PATIENCE, async () => {
  const { key } = await partner('create', 'calm')
  expect((await partner('quota', 'calm')).said).toContain('calls a minute    600 (as every partner)\n')
  const set = await partner('quota', 'calm', '--requests', '1', '--events', '7')
  expect(set.said).toMatch(/calls a minute    1\nevents a second   7\n/)
  expect(await call(key)).toMatchObject({ quota: { requests_per_minute: 1, messages_per_s: 7, connections_max: 1 } })
  await expect(call(key)).rejects.toMatchObject({ code: 'partner/quota' })
})

test('what cannot be done is said, with an exit code', PATIENCE, async () => {
  for (const args of [[], ['create'], ['dance', 'acme'], ['create', 'a', 'b'], ['keys', 'acme', '--nonsense']])
    expect(await partner(...args)).toMatchObject({
      code: 1,
      said: expect.stringContaining('npm run partner -- create'),
    })
  expect(await partner('create', 'No Name')).toMatchObject({ code: 1, said: expect.stringContaining('is not 2 to 30') })
  expect(await partner('rotate', 'nobody')).toMatchObject({ code: 1, said: 'there is no partner nobody\n' })
  expect(await partner('end', 'nobody-1')).toMatchObject({ code: 1, said: 'there is no key nobody-1\n' })
  expect(await partner('rotate', 'x', '--overlap', '-1')).toMatchObject({ code: 1 })
})

test('the commands that let a partner read its topics are printed, for one that there is', PATIENCE, async () => {
  await partner('create', 'dune')
  expect((await partner('acls', 'dune')).said).toContain(
    '--topic partner-dune-events --topic partner-dune-notifications',
  )
  expect(await partner('acls', 'nobody')).toMatchObject({ code: 1 })
})
