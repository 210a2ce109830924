import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { clickhouse, installClickHouse } from '../test/services/clickhouse.ts'
import { installKafka, kafka } from '../test/services/kafka.ts'
import type { Service } from '../test/services/service.ts'
import { step } from './progress.mjs'

/** Debian packages that only tests need, each with a file that shows that it is there. */
const SERVICES = [
  { name: 'chromium', file: '/usr/bin/chromium' },
  { name: 'redis-server', file: '/usr/bin/redis-server' },
  { name: 'openjdk-17-jre-headless', file: '/usr/bin/java' },
  { name: 'maven', file: '/usr/bin/mvn' },
  { name: 'kcat', file: '/usr/bin/kcat' },
] as const
/** The engine of ClickHouse comes from npm. */
const ENGINE = 'chdb'
export type Installed = (typeof SERVICES)[number]['name'] | typeof ENGINE

/**
 * Installs what tests need (or those `wanted` of it) and the machine lacks, where we may (root on a Debian). Elsewhere, and when it fails, it only says so: the
 * tests that need it are then skipped, or fail under `REQUIRE_SERVICES=1`.
 */
export async function installServices(
  wanted: readonly Installed[] = [...SERVICES.map(({ name }) => name), ENGINE],
): Promise<void> {
  await installPackages(wanted)
  if (wanted.includes('maven')) await bring('Kafka', kafka, installKafka)
  if (wanted.includes(ENGINE)) await bring('the engine of ClickHouse', clickhouse, installClickHouse)
}

/** What no package of the machine has, fetched once for all checkouts. */
async function bring(name: string, service: Service, install: () => Promise<void>): Promise<void> {
  if (service.lacks() === undefined) return
  try {
    await step(`fetching ${name}`, install)
  } catch (error) {
    console.warn(`${name} could not be fetched; its tests will be skipped: ${String(error)}`)
  }
}

async function installPackages(wanted: readonly Installed[]): Promise<void> {
  const missing = SERVICES.filter(({ name, file }) => wanted.includes(name) && !existsSync(file)).map(
    ({ name }) => name,
  )
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.warn(
      `not installed: ${missing.join(', ')}; their tests will be skipped (as root on Debian they are installed by themselves)`,
    )
    return
  }
  try {
    await step('refreshing the package list', () => apt(['update']))
    await step(`installing ${missing.join(' and ')}`, () =>
      apt(['install', '-y', '--no-install-recommends', ...missing]),
    )
  } catch (error) {
    console.warn(`${missing.join(' and ')} could not be installed: ${String(error)}`)
  }
}

/** apt-get without questions; what it said is shown only when it failed. */
function apt(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('apt-get', ['-qq', ...args], {
      // A server package would start its server at once; tests start their own.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`apt-get ${args[0]} failed (${code}): ${said.trim().slice(-600)}`))
    })
  })
}
