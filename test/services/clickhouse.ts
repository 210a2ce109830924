import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CACHE } from './home.ts'
import type { Service } from './service.ts'

/** The engine of ClickHouse 26.7 as an npm package, over 500 MB of it: kept outside the tree and of package.json. */
const CHDB = '3.4.0'
// Debian's own server is of 2018 and knows neither the deduplication nor the formats that the sink uses.
const home = join(CACHE, `chdb-${CHDB}`)

/** Installs the engine once for all checkouts of this user, unless it is there. Throws what npm said when it cannot. */
export async function installClickHouse(): Promise<void> {
  if (isInstalled()) return
  // Renamed only when whole, so that an interrupted download is never taken for an engine.
  const partial = `${home}.partial-${process.pid}`
  mkdirSync(partial, { recursive: true })
  writeFileSync(join(partial, 'package.json'), '{"private":true}\n')
  try {
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `chdb@${CHDB}`]
    await promisify(execFile)('npm', args, { cwd: partial })
    if (!isInstalled()) renameSync(partial, home)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

const isInstalled = () => existsSync(join(home, 'node_modules', '@chdb', 'lib-linux-x64-gnu', 'libchdb.so'))

/**
 * The engine of ClickHouse behind a small HTTP server of ours, in a process of its own: it speaks as much of ClickHouse's HTTP as
 * its client uses, settings in the URL included. What is in its folder survives a kill, as with the real server.
 */
export const clickhouse: Service = {
  name: 'clickhouse',
  variable: 'CLICKHOUSE_URL',
  lacks: () => {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      return 'an engine for this platform (chdb is for Linux on x64)'
    return isInstalled() ? undefined : `the engine of ClickHouse (npm package chdb ${CHDB}, 550 MB)`
  },
  launch: ({ folder, port }) =>
    Promise.resolve({
      command: process.execPath,
      args: [join(import.meta.dirname, 'clickhouse-server.ts'), join(folder, 'data'), `${port}`, home],
    }),
  address: ({ port }) => `http://127.0.0.1:${port}`,
  answers: async (address) => (await fetch(`${address}/ping`)).ok,
}
