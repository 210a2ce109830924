import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { choosePlace } from './postgres-place.ts'
import { findPostmaster } from './postgres-process.ts'
import { startPostgres, type Postgres } from './postgres.ts'

const asRoot = process.getuid?.() === 0
const folders: string[] = []

/** A folder that the account Postgres runs as may enter, unless `mode` says otherwise; by its name the next run clears it away. */
function makeFolder(mode = 0o755): string {
  const folder = mkdtempSync(join(tmpdir(), `rollingdrop-test-${process.pid}-`))
  chmodSync(folder, mode)
  folders.push(folder)
  return folder
}

afterEach(async () => {
  for (const dataDir of folders.splice(0)) {
    if (existsSync(join(dataDir, 'postgres.json'))) await (await startPostgres({ dataDir, log: () => {} })).stop()
    const { home } = choosePlace(dataDir)
    for (const folder of [home, dataDir]) rmSync(folder, { recursive: true, force: true })
  }
})

async function query(postgres: Postgres, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  const { rows } = await client.query<Record<string, unknown>>(sql)
  await client.end()
  return rows.map((row) => Object.values(row)[0])
}

/** Starts it in a process of its own, which then only waits. */
async function startHolder(dataDir: string) {
  const module = JSON.stringify(join(import.meta.dirname, 'postgres.ts'))
  const program = `const { startPostgres } = await import(${module}); const p = await startPostgres({ dataDir: ${JSON.stringify(dataDir)},
    log: () => {} }); setInterval(() => {}, 1000); process.on('SIGTERM', () => void p.stop().then(() => process.exit(0))); console.log('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout)) if (line === 'ready') break
  const end = (signal: NodeJS.Signals) =>
    new Promise<void>((resolve) => {
      child.once('exit', () => {
        resolve()
      })
      child.kill(signal)
    })
  return { end }
}

describe('the embedded Postgres', () => {
  test('starts afresh with durable commits, and keeps its data, port and password over a restart', async () => {
    const dataDir = makeFolder()
    const first = await startPostgres({ dataDir, log: () => {} })
    expect(first.adopted).toBe(false)
    await query(first, 'create table kept as select 42 as answer')
    expect(await query(first, 'show synchronous_commit')).toEqual(['on'])
    expect(await query(first, 'show fsync')).toEqual(['on'])
    expect(await query(first, 'show listen_addresses')).toEqual(['127.0.0.1'])
    await first.stop()
    expect(findPostmaster(choosePlace(dataDir))).toBeUndefined()

    const began_ms = performance.now()
    const second = await startPostgres({ dataDir, log: () => {} })
    expect(performance.now() - began_ms).toBeLessThan(2000)
    expect(second.url).toBe(first.url)
    expect(await query(second, 'select answer from kept')).toEqual([42])
  })

  test('opens to nobody without its password, which only its owner can read', async () => {
    const dataDir = makeFolder()
    const postgres = await startPostgres({ dataDir, log: () => {} })
    expect(statSync(join(dataDir, 'postgres.json')).mode & 0o777).toBe(0o600)
    const wrong = new pg.Client({ connectionString: Object.assign(new URL(postgres.url), { password: 'guess' }).href })
    await expect(wrong.connect()).rejects.toThrow(/password authentication failed/)
  })

  test('is adopted when the process that started it was killed', async () => {
    const dataDir = makeFolder()
    const holder = await startHolder(dataDir)
    const { pid } = findPostmaster(choosePlace(dataDir)) ?? {}
    await holder.end('SIGKILL')
    const next = await startPostgres({ dataDir, log: () => {} })
    expect(next.adopted).toBe(true)
    expect(findPostmaster(choosePlace(dataDir))?.pid).toBe(pid)
    await next.stop()
    expect(findPostmaster(choosePlace(dataDir))).toBeUndefined()
  })

  test('goes on while another process of ours is using it', async () => {
    const dataDir = makeFolder()
    const lines: string[] = []
    const first = await startPostgres({ dataDir, log: (line) => lines.push(line) })
    const holder = await startHolder(dataDir)
    await first.stop()
    expect(lines).toEqual([expect.stringContaining('another process is using it')])
    expect(findPostmaster(choosePlace(dataDir))).toBeDefined()
    await holder.end('SIGTERM')
    expect(findPostmaster(choosePlace(dataDir))).toBeUndefined()
  })

  test('starts once when two processes start it at the same time', async () => {
    const dataDir = makeFolder()
    const both = await Promise.all([startHolder(dataDir), startHolder(dataDir)])
    await Promise.all(both.map((holder) => holder.end('SIGTERM')))
    expect(findPostmaster(choosePlace(dataDir))).toBeUndefined()
  })

  test('takes another port, and says so, when a stranger has its own', async () => {
    const dataDir = makeFolder()
    const first = await startPostgres({ dataDir, log: () => {} })
    await first.stop()
    const port = Number(new URL(first.url).port)
    const stranger = createServer().listen(port, '127.0.0.1')
    const lines: string[] = []
    const second = await startPostgres({ dataDir, log: (line) => lines.push(line) })
    expect(new URL(second.url).port).not.toBe(String(port))
    expect(lines).toEqual([
      expect.stringContaining(`port ${port} of the embedded Postgres is taken by another program`),
    ])
    expect((stranger.address() as AddressInfo).port).toBe(port)
    await new Promise((resolve) => stranger.close(resolve))
  })

  test('never takes the process for its own that got its number after a crash', async () => {
    const dataDir = makeFolder()
    await (await startPostgres({ dataDir, log: () => {} })).stop()
    const place = choosePlace(dataDir)
    writeFileSync(join(place.data, 'postmaster.pid'), `${process.pid}\n${place.data}\n0\n1\n\n127.0.0.1\n`)
    expect(findPostmaster(place)).toBeUndefined()
    const postgres = await startPostgres({ dataDir, log: () => {} })
    expect(postgres.adopted).toBe(false)
  })

  test('says what is wrong when the data is of another version', async () => {
    const dataDir = makeFolder()
    const place = choosePlace(dataDir)
    await (await startPostgres({ dataDir, log: () => {} })).stop()
    const version = join(place.data, 'PG_VERSION')
    const kept = readFileSync(version)
    writeFileSync(version, '12\n')
    await expect(startPostgres({ dataDir, log: () => {} })).rejects.toThrow(/made by Postgres 12.*dump it there/)
    writeFileSync(version, kept)
  })
})

describe.runIf(asRoot)('the embedded Postgres, started by root', () => {
  test('works in a folder that only root may enter, and finds its data there again', async () => {
    const dataDir = makeFolder(0o700)
    const first = await startPostgres({ dataDir, log: () => {} })
    await query(first, 'create table kept as select 42 as answer')
    await first.stop()
    expect(existsSync(join(dataDir, 'postgres-place'))).toBe(true)
    const second = await startPostgres({ dataDir, log: () => {} })
    expect(await query(second, 'select answer from kept')).toEqual([42])
  })

  test('gives a copied folder a place of its own, and lets a moved one keep its', () => {
    const original = makeFolder(0o700)
    const { home } = choosePlace(original)
    const copy = makeFolder(0o700)
    writeFileSync(join(copy, 'postgres-place'), home)
    expect(choosePlace(copy).home).not.toBe(home)
    const gone = join(makeFolder(0o700), 'gone')
    writeFileSync(join(home, 'owner'), gone)
    expect(choosePlace(original).home).toBe(home)
  })
})

/** Only where "nobody" may run this Node and read this file: not in a checkout that only root may enter. */
const nobodyReads =
  spawnSync(process.execPath, ['-p', '1'], { ...idsOf('nobody'), cwd: import.meta.dirname }).status === 0

describe.runIf(asRoot && nobodyReads)('the embedded Postgres, started by a normal user', () => {
  test('runs as that very user, in a folder of theirs', () => {
    const dataDir = makeFolder()
    const { uid, gid } = idsOf('nobody')
    const own = join(dataDir, 'own')
    mkdirSync(own)
    chownSync(own, uid, gid)
    const module = JSON.stringify(join(import.meta.dirname, 'postgres.ts'))
    const program = `const { startPostgres } = await import(${module}); const p = await startPostgres({ dataDir: ${JSON.stringify(own)}, log: console.log });
      await p.stop(); console.log('stopped')`
    const done = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      uid,
      gid,
      cwd: own,
      encoding: 'utf8',
    })
    expect(done.stdout + done.stderr).toBe('stopped\n')
    expect(statSync(join(own, 'postgres')).uid).toBe(uid)
  })
})

function idsOf(name: string): { uid: number; gid: number } {
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout))
  if (!uid || !gid) throw new Error(`no user ${name}`)
  return { uid, gid }
}
