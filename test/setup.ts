import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { choosePlace } from '../embedded/postgres-place.ts'
import { findPostmaster, stopPostmaster } from '../embedded/postgres-process.ts'
import { startPostgres } from '../embedded/postgres.ts'
import { downAll } from './services/home.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A migrated database that nobody connects to, for `createDatabase` to copy; or why it could not be migrated. */
    template: Readonly<{ url: string; problem: string }>
    /** Where the services that test files share are started. */
    services: string
  }
}

/** Tests start thousands of transactions that nobody will miss after a power cut; a crash test starts its own Postgres. */
const FOR_SPEED = { fsync: 'off', full_page_writes: 'off', autovacuum: 'off' }

/** The process id follows, so that the next run knows what was left behind. */
const FOLDER = 'rollingdrop-test-'

/** Once for a whole run: one Postgres in a temporary folder, with a migrated template database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep()
  const dataDir = mkdtempSync(join(tmpdir(), `${FOLDER}${process.pid}-`))
  chmodSync(dataDir, 0o711) // Run as root, Postgres has an account of its own that must get in.
  const postgres = await startPostgres({ dataDir, log: (line) => console.log(line), settings: FOR_SPEED })
  // A broken migration fails the tests that need a database, and leaves the others to say what they know.
  const problem = await migrateTemplate(postgres.url).then(() => '', String)
  project.provide('template', { url: postgres.url, problem })
  const services = join(dataDir, 'services')
  project.provide('services', services)
  return async () => {
    await Promise.all([postgres.stop(), downAll(services)])
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function migrateTemplate(url: string): Promise<void> {
  const file = join(import.meta.dirname, '..', 'ledger', 'migrate.ts')
  if (!existsSync(file)) return
  const { migrate } = (await import(file)) as { migrate: (url: string) => Promise<unknown> }
  await migrate(url)
}

/** A run that was killed has left its folders behind, and perhaps a Postgres in each. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(FOLDER))) {
    if (isAlive(Number(name.slice(FOLDER.length).split('-')[0]))) continue
    const folder = join(tmpdir(), name)
    const place = choosePlace(folder)
    const left = findPostmaster(place)
    if (left) await stopPostmaster(place, left)
    await downAll(join(folder, 'services'))
    for (const gone of [place.home, folder]) rmSync(gone, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
