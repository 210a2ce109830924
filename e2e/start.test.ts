import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../client-sdk/connect.ts'
import { memoryTokens } from '../client-sdk/tokens.ts'
import { choosePlace } from '../embedded/postgres-place.ts'
import { findPostmaster } from '../embedded/postgres-process.ts'
import { removeData, run, whenReady } from './server-process.ts'

// What a newcomer does, with nothing there but Node, npm and a network: registered only under E2E_FRESH=1 (vitest.config.ts).

const FIRST_S = 90
const LATER_S = 6

/** A folder only we may enter: run as root, Postgres's account may not. */
const home = mkdtempSync(join(tmpdir(), `rollingdrop-fresh-${process.pid}-`))
const clone = join(home, 'clone')

/** The environment of a terminal: without what npm and vitest have put into ours. */
const OF_OTHERS =
  /^(npm_(?!config_)|VITEST|NODE_ENV$|NODE_OPTIONS$|INIT_CWD$|PROD$|MODE$|SSR$|BASE_URL$|TEST$|DATA_DIR$)/
const env = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => OF_OTHERS.test(name))
    .map((name) => [name, undefined]),
)

beforeAll(() => {
  execFileSync('git', [
    '-c',
    'advice.detachedHead=false',
    'clone',
    '--quiet',
    '--no-local',
    '--depth',
    '1',
    `file://${join(import.meta.dirname, '..')}`,
    clone,
  ])
}, 60_000)

afterAll(async () => {
  await removeData(join(clone, '.data'))
  rmSync(home, { recursive: true, force: true })
})

async function npmStart() {
  const began_ms = performance.now()
  const command = run(['start'], { command: 'npm', cwd: clone, env: { ...env, PORT: '0' } })
  const server = await whenReady(command)
  return { server, took_s: (performance.now() - began_ms) / 1000 }
}

/** A page that is there and a battle that is played to its end. */
async function works(url: string): Promise<string> {
  const page = await fetch(url)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
  const own = connect(url, { tokens: memoryTokens() })
  const { id } = await own.battles.create({ rounds: ['pocket-change'], seats: 2 })
  const battle = own.battles.watch(id)
  await expect.poll(() => battle.state?.phase, { timeout: 10_000, interval: 20 }).toBe('waiting')
  await battle.callBot(1)
  await expect.poll(() => battle.state?.phase, { timeout: 20_000, interval: 20 }).toBe('settled')
  await own.close()
  return id
}

async function stop(server: Awaited<ReturnType<typeof npmStart>>['server']): Promise<void> {
  server.signalGroup('SIGINT')
  const { said } = await server.ended
  expect(said).not.toMatch(/error/i)
  expect(findPostmaster(choosePlace(join(clone, '.data')))).toBe(undefined)
}

test('npm start on a fresh clone, and again', async () => {
  const first = await npmStart()
  const battle = await works(first.server.url)
  await stop(first.server)
  const later = await npmStart()
  const kept = await fetch(`${later.server.url}/battles/${battle}`)
  expect(kept.status).toBe(200)
  await stop(later.server)
  console.log(`npm start: first ${first.took_s.toFixed(1)} s, later ${later.took_s.toFixed(1)} s`)
  console.log(first.server.said())
  expect(first.took_s).toBeLessThan(FIRST_S)
  expect(later.took_s).toBeLessThan(LATER_S)
}, 300_000)
