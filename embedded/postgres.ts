import { randomBytes } from 'node:crypto'
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { freePort, isFree } from './free-port.ts'
import { initialise } from './postgres-data.ts'
import { choosePlace, type Place } from './postgres-place.ts'
import {
  findPostmaster,
  lastWords,
  spawnPostmaster,
  stopPostmaster,
  type PostgresSettings,
} from './postgres-process.ts'
import type { Postmaster } from './postgres-process.ts'
import { writeOnce } from './write-once.ts'

const DATABASE = 'rollingdrop'
const READY_WITHIN_MS = 60_000
const STARTS_MAX = 3
/** Held shared by every process of ours that uses this Postgres; whoever can get it alone is the last one and stops it. */
const USERS_LOCK = 7_072_001

export type Postgres = Readonly<{
  /** Of the database `rollingdrop`, password included. */
  url: string
  /** It was already running: a crash of ours had left it, or another process of ours is using it too. */
  adopted: boolean
  /** Stops it in order, unless another process of ours is still using it. Close all connections first. */
  stop: () => Promise<void>
}>

type Options = Readonly<{
  /** Keeps password and port (`postgres.json`) and, where the system lets it, the data (`postgres/`). */
  dataDir: string
  /** Gets a line for what a person should know. */
  log: (line: string) => void
  /** Over our own settings, for tests. */
  settings?: PostgresSettings
}>

type Kept = Readonly<{ password: string; port: number }>

/** Its types leave these out. */
type Connection = pg.Client & Readonly<{ ref: () => void; unref: () => void }>

/**
 * Starts a Postgres of our own on 127.0.0.1, or adopts the one that is already running on this data folder:
 *
 *     no data ── initdb, renamed when whole ──▶ stopped ── spawn ──▶ starting ── accepts ──▶ ready ── stop() ──▶ stopped
 *                                                  we are killed: it stays ready ── next start ──▶ adopted
 *
 * A Postgres of anybody else is never touched: ours is known by the pid file in our own folder, by its command line, and by
 * our password opening it.
 * @throws Error with the end of Postgres's log when it does not start
 */
export async function startPostgres({ dataDir, log, settings = {} }: Options): Promise<Postgres> {
  mkdirSync(dataDir, { recursive: true })
  const folder = realpathSync(dataDir)
  const place = choosePlace(folder)
  const file = join(folder, 'postgres.json')
  const fresh = () => JSON.stringify({ password: randomBytes(24).toString('base64url'), port: 0 })
  const kept = JSON.parse(writeOnce(file, fresh)) as Kept
  initialise(place, kept.password)
  const { postmaster, user, adopted } = await findOrSpawn(place, kept, settings, log)
  if (postmaster.port !== kept.port) writeFileSync(file, JSON.stringify({ ...kept, port: postmaster.port }))
  await createDatabase(user)
  user.unref() // A program that has nothing else to do may end without asking this connection.
  let stopping = false
  user.on('error', () => {
    if (!stopping) log('the embedded Postgres has closed our connection: it was stopped from outside, or has crashed')
  })
  const stop = async () => {
    if (stopping) return
    stopping = true
    if (await isLastUser(user)) await stopPostmaster(place, postmaster)
    else log('the embedded Postgres goes on: another process is using it')
    await user.end().catch(() => {}) // Postgres has mostly closed it already.
  }
  return { url: urlOf(kept, postmaster.port, DATABASE), adopted, stop }
}

async function findOrSpawn(place: Place, kept: Kept, settings: PostgresSettings, log: (line: string) => void) {
  const until = performance.now() + READY_WITHIN_MS
  for (let starts = 0; starts < STARTS_MAX;) {
    const running = findPostmaster(place)
    const postmaster = running ?? spawnPostmaster(place, await choosePort(kept.port, log), settings)
    if (!running) starts++
    const user = await connectWhenReady(place, kept, postmaster, until)
    if (user) return { postmaster, user, adopted: running !== undefined }
    // It ended instead: an orphan that was shutting down, or our port was taken at the last moment, or a real fault.
  }
  throw new Error(`the embedded Postgres does not start; the end of its log:\n${lastWords(place)}`)
}

async function choosePort(kept: number, log: (line: string) => void): Promise<number> {
  if (kept !== 0 && (await isFree(kept))) return kept
  const port = await freePort()
  if (kept !== 0) log(`port ${kept} of the embedded Postgres is taken by another program: it uses ${port} from now on`)
  return port
}

/** @returns a connection that holds the users' lock, or undefined when the postmaster ended before it accepted one */
async function connectWhenReady(place: Place, kept: Kept, postmaster: Postmaster, until: number) {
  while (!postmaster.hasEnded()) {
    const user = new pg.Client({ connectionString: urlOf(kept, postmaster.port, 'postgres') }) as Connection
    user.on('error', () => {}) // While it is being tried, the rejected promise says it all.
    try {
      await user.connect()
      const { rows } = await user.query<{ dir: string; ours: boolean }>(
        `select current_setting('data_directory') as dir, pg_try_advisory_lock_shared(${USERS_LOCK}) as ours`,
      )
      // Not ours means that the last user is just stopping it.
      if (rows[0]?.ours && rows[0].dir === place.data) return user
      await user.end()
    } catch (error) {
      await user.end().catch(() => {}) // It may never have been connected.
      if (performance.now() > until) throw new Error(`${String(error)}\n${lastWords(place)}`, { cause: error })
    }
    if (performance.now() > until) throw new Error(`the embedded Postgres is not ready:\n${lastWords(place)}`)
    await delay(15)
  }
  return undefined
}

async function createDatabase(user: pg.Client): Promise<void> {
  const { rowCount } = await user.query('select from pg_database where datname = $1', [DATABASE])
  if (rowCount) return
  try {
    await user.query(`create database ${DATABASE}`)
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? error.code : undefined
    if (code !== '42P04' && code !== '23505') throw error // Another process of ours has just created it.
  }
}

async function isLastUser(user: Connection): Promise<boolean> {
  try {
    user.ref()
    await user.query(`select pg_advisory_unlock_shared(${USERS_LOCK})`)
    const { rows } = await user.query<{ last: boolean }>(`select pg_try_advisory_lock(${USERS_LOCK}) as last`)
    return rows[0]?.last ?? true
  } catch {
    return true // Our connection is gone, and with it the way to ask.
  }
}

const urlOf = ({ password }: Kept, port: number, database: string) =>
  `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
