import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../embedded/free-port.ts'
import { requireService } from './services.ts'

export type TestRedis = Readonly<{ url: string; stop: () => Promise<void> }>

/** Whether `redis-server` is on this machine; a test file puts it into `describe.skipIf(!hasRedis)`. */
export const hasRedis = requireService('redis-server', spawnSync('redis-server', ['--version']).status === 0)

/** Starts a Redis server on a free port of 127.0.0.1 unless one is given, empty and without files. Stop it in `afterAll`. */
export async function startRedis(at?: number): Promise<TestRedis> {
  const port = at ?? (await freePort())
  const dir = mkdtempSync(join(tmpdir(), 'rollingdrop-redis-'))
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir]
  const server = spawn('redis-server', flags, { stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const url = `redis://127.0.0.1:${port}`
  await answers(url)
  const stop = async () => {
    server.kill('SIGTERM')
    await exited
    rmSync(dir, { recursive: true, force: true })
  }
  return { url, stop }
}

async function answers(url: string): Promise<void> {
  const client = new Redis(url, { retryStrategy: (tries) => (tries < 200 ? 25 : null), maxRetriesPerRequest: null })
  client.on('error', () => {}) // Refused until it listens: that is what the retries are for.
  try {
    await client.ping()
  } finally {
    client.disconnect()
  }
}
