import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Place } from './postgres-place.ts'

const LOG_BYTES_MAX = 10_000_000

/**
 * Tuned for 2 cores and 1 GB. What a commit promises is never traded: `fsync` and `synchronous_commit` stay on.
 * Long checkpoints and a large WAL keep full-page images from doubling the ledger's writes.
 */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  fsync: 'on',
  synchronous_commit: 'on',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
} as const

/** Names and values as in postgresql.conf. */
export type PostgresSettings = Readonly<Record<string, string>>

/** A postmaster by its process id, and the TCP port of 127.0.0.1 it listens on. */
export type Postmaster = Readonly<{ pid: number; port: number; hasEnded: () => boolean }>

/**
 * The postmaster that runs on this data folder, if there is one. Postgres writes the pid itself; that the process is still that
 * one, and no other that got its number since, is seen on its command line.
 */
export function findPostmaster(place: Place): Postmaster | undefined {
  const file = join(place.data, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  if (!(pid > 0) || !isOurs(place, pid)) return undefined
  return { pid, port, hasEnded: () => !isOurs(place, pid) }
}

/**
 * Starts a postmaster in a process group of its own, so that a Ctrl-C at the terminal reaches only us and Postgres is then
 * stopped in order. It outlives us when we are killed; the next start finds it.
 * @throws Error when the system does not let the account run it
 */
export function spawnPostmaster(place: Place, port: number, more: PostgresSettings): Postmaster {
  removeStalePid(place)
  const flags = Object.entries({ ...SETTINGS, ...more, port: String(port) }).flatMap(([k, v]) => ['-c', `${k}=${v}`])
  const log = openSync(logFile(place), logIsLong(place) ? 'w' : 'a', 0o600)
  const child = spawn(join(place.bin, 'postgres'), ['-D', place.data, ...flags], {
    ...place.account,
    cwd: place.data,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  let ended = false
  child.on('exit', () => (ended = true))
  child.on('error', () => (ended = true))
  if (child.pid === undefined)
    throw new Error(`${place.bin}/postgres cannot be run as user ${place.account?.uid ?? 'ourselves'}`)
  return { pid: child.pid, port, hasEnded: () => ended }
}

/** After a crash of the machine the old pid may belong to some other program, for which Postgres would refuse to start. */
function removeStalePid(place: Place): void {
  if (!findPostmaster(place)) rmSync(join(place.data, 'postmaster.pid'), { force: true })
}

/** Fast shutdown: open transactions are rolled back, all is flushed. After `patience_ms` the immediate one, which WAL replay heals. */
export async function stopPostmaster(place: Place, postmaster: Postmaster, patience_ms = 30_000): Promise<void> {
  signal(postmaster.pid, 'SIGINT')
  if (await ends(postmaster, patience_ms)) return
  signal(postmaster.pid, 'SIGQUIT')
  if (await ends(postmaster, 5000)) return
  throw new Error(`Postgres (process ${postmaster.pid}) does not end; its log is ${logFile(place)}`)
}

async function ends(postmaster: Postmaster, within_ms: number): Promise<boolean> {
  const until = performance.now() + within_ms
  while (!postmaster.hasEnded() && performance.now() < until) await delay(10)
  return postmaster.hasEnded()
}

/** The end of Postgres's own log, for error messages. */
export function lastWords(place: Place): string {
  return existsSync(logFile(place))
    ? readFileSync(logFile(place), 'utf8').trimEnd().split('\n').slice(-12).join('\n')
    : ''
}

const logFile = (place: Place) => join(place.home, 'postgres.log')

const logIsLong = (place: Place) => existsSync(logFile(place)) && statSync(logFile(place)).size > LOG_BYTES_MAX

/** Postgres is always started as `postgres -D <data> -c …`. */
function isOurs(place: Place, pid: number): boolean {
  return commandLine(pid).replaceAll('\0', ' ').includes(` -D ${place.data} `)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself, which is what was wanted.
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
  }
}
