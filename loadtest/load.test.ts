import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { startServer, type Server } from './server.ts'

/** The commands as a person runs them, without a terminal, on servers of their own. */
let databases: TestDatabase[]
let server: Server
/** With rounds that take long enough for something to happen. */
let slow: Server

beforeAll(async () => {
  databases = await Promise.all([createDatabase(), createDatabase()])
  const [one, two] = databases.map(({ url }) => url) as [string, string]
  server = await startServer({ env: { DATABASE_URL: one } })
  slow = await startServer({ env: { DATABASE_URL: two, REVEAL_MS: '200' } })
}, 120_000)

afterAll(async () => {
  await Promise.all([server?.stop(), slow?.stop()])
  for (const database of databases ?? []) await database.drop()
})

type Run = Readonly<{ code: number; lines: string[]; summary: Record<string, number> }>

function run(file: string, ...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, file), ...args], (error, stdout) => {
      const lines = stdout.trim().split('\n')
      const last = lines.at(-1)!
      const summary = last.startsWith('{') ? (JSON.parse(last) as Record<string, number>) : {}
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, lines, summary })
    })
  })
}

test('load plays battles and ends with one line of JSON', async () => {
  const { code, lines, summary } = await run(
    'load.ts',
    'battle',
    '--clients',
    '4',
    '--seconds',
    '2',
    '--endpoint',
    server.url,
  )
  expect(code).toBe(0)
  expect(lines).toHaveLength(1)
  expect(summary).toMatchObject({ load: 'battle', clients: 4, failed: 0 })
  expect(summary['battles']).toBeGreaterThan(0)
  expect(summary['verified']).toBeGreaterThan(0)
  expect(summary['join_p50_ms']).toBeGreaterThan(0)
})

test('bots fill a table that has too few players', async () => {
  const args = [
    'battle',
    '--clients',
    '1',
    '--seats',
    '6',
    '--battles',
    '1',
    '--verify-every',
    '1',
    '--endpoint',
    server.url,
  ]
  const { code, summary } = await run('load.ts', ...args)
  expect(code).toBe(0)
  expect(summary).toMatchObject({ battles: 1, verified: 1, failed: 0 })
})

test.each([
  ['create', 'cancel_p95_ms'],
  ['watch', 'watch_p95_ms'],
  ['late', 'late_p95_ms'],
  ['reconnect', 'reconnect_p95_ms'],
])('%s is a scenario of its own', async (scenario, time) => {
  const args = ['battle', '--scenario', scenario, '--clients', '4', '--battles', '4', '--endpoint', slow.url]
  const { code, summary } = await run('load.ts', ...args)
  expect(summary).toMatchObject({ scenario, battles: 4, failed: 0 })
  expect(summary[time]).toBeGreaterThan(0)
  expect(code).toBe(0)
})

test('a threshold that is missed is exit code 1, with the JSON all the same', async () => {
  const args = ['battle', '--clients', '2', '--battles', '2', '--max-battle-p95-ms', '1', '--endpoint', server.url]
  const { code, summary } = await run('load.ts', ...args)
  expect(code).toBe(1)
  expect(summary['battles']).toBe(2)
})

test('loadtest without a terminal plays one battle a client and ends with JSON, without escape codes', async () => {
  const { code, lines, summary } = await run(
    'battle.loadtest.ts',
    '--room=battle',
    '--numClients=4',
    `--endpoint=${server.url.replace('http', 'ws')}`,
  )
  expect(code).toBe(0)
  expect(summary).toMatchObject({ load: 'battle', clients: 4, battles: 4, failed: 0 })
  expect(lines.join('\n')).not.toContain('\u001B')
})

test.each([
  [['battle', '--clients', '0']],
  [['battle', '--endpoint', 'http://example.com']],
  [['chess']],
  [['battle', '--scenario', 'chess']],
  [['battle', '--kinds', 'chess']],
  [['battle', '--no-such-flag']],
])('%j is refused with exit code 1', async (args) => {
  expect((await run('load.ts', ...args)).code).toBe(1)
})

test('load of the feed watches lag and memory while spectators read, and ends with one line of JSON', async () => {
  const { code, summary } = await run('load.ts', 'feed', '--clients', '20', '--seconds', '6', '--players', '4')
  expect(summary).toMatchObject({ load: 'feed', clients: 20, gaps: 0, cut_off: 0 })
  expect(summary['events']).toBeGreaterThan(0)
  expect(code).toBe(0)
}, 60_000)
