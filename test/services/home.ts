import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../embedded/free-port.ts'
import { isRunning, start, stop, type Started } from './process.ts'
import type { Service } from './service.ts'

/** Where what was downloaded for all checkouts lies, and what `npm run services` started. */
export const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rollingdrop')
export const HOME = join(CACHE, 'services')

const LOCK_WITHIN_MS = 60_000

/**
 * The address of the service that runs in `home`, or that the environment names; started when there is none. Whoever comes
 * first starts it, everyone else (other test files, other commands) gets the same one; `downAll` ends it.
 */
export async function up(service: Service, home = HOME): Promise<string> {
  const named = process.env[service.variable]
  if (named) return named
  mkdirSync(home, { recursive: true })
  return underLock(join(home, `${service.name}.lock`), async () => {
    const running = find(service.name, home)
    if (running) return running.address
    const folder = join(home, service.name)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    const started = await start(service, { folder: realpathSync(folder), port: await freePort() })
    // Renamed when whole: a reader sees all of it or nothing.
    writeFileSync(`${stateFile(service.name, home)}.new`, JSON.stringify(started))
    renameSync(`${stateFile(service.name, home)}.new`, stateFile(service.name, home))
    return started.address
  })
}

/** The one that runs in `home`; undefined when none does. */
export function find(name: string, home = HOME): Started | undefined {
  const file = stateFile(name, home)
  if (!existsSync(file)) return undefined
  const started = JSON.parse(readFileSync(file, 'utf8')) as Started
  return isRunning(started) ? started : undefined
}

/** Stops one and deletes what it kept. False when it was not running. */
export async function down(name: string, home = HOME): Promise<boolean> {
  const running = find(name, home)
  if (running) await stop(running)
  rmSync(join(home, name), { recursive: true, force: true })
  rmSync(stateFile(name, home), { force: true })
  return running !== undefined
}

/** Stops everything that runs in `home`. */
export async function downAll(home = HOME): Promise<readonly string[]> {
  if (!existsSync(home)) return []
  const names = readdirSync(home).flatMap((entry) => /^(\w+)\.json$/.exec(entry)?.[1] ?? [])
  const stopped = await Promise.all(names.map(async (name) => ((await down(name, home)) ? [name] : [])))
  return stopped.flat()
}

const stateFile = (name: string, home: string): string => join(home, `${name}.json`)

/** Two who ask at once must not start two. The lock of a process that was killed is taken over. */
async function underLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + LOCK_WITHIN_MS
  while (!tryLock(path)) {
    if (performance.now() > until) throw new Error(`${path} is held by another process that starts the service`)
    await delay(25)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (!isHeld(path)) rmSync(path, { force: true })
    return false
  }
}

function isHeld(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return pid === 0 || process.kill(pid, 0) // Empty: its holder is just writing its number.
  } catch {
    return false
  }
}
