import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../embedded/free-port.ts'
import { startPostgres } from '../embedded/postgres.ts'
import { answers } from './endpoint.ts'

/** A server of our own as a child process. */
export type Server = Readonly<{
  url: string
  pid: number
  /** Stops it in order and takes its data away; by force after 15 s. May be called twice. */
  stop(): Promise<void>
}>

type Options = Readonly<{
  /** Settings over ours, by the names of `config.ts`. With a DATABASE_URL that database is used and stays. */
  env?: Readonly<Record<string, string>>
  port?: number
  /** Gets what the server writes, line by line. */
  log?: (line: string) => void
}>

const READY_WITHIN_MS = 90_000
const STOP_WITHIN_MS = 15_000
const LAST_LINES = 40

/** Battles as quick as they can be, no bots of its own, and no limits meant for one person at one address. */
const FOR_LOAD = {
  HOST: '127.0.0.1',
  REVEAL_MS: '10',
  FAST_REVEAL_MS: '5',
  ENTROPY_PERIOD_MS: '50',
  DEMO_BOTS: '0',
  LOG_LEVEL: 'warn',
  GUESTS_PER_MINUTE: '1000000',
  ATTEMPTS_PER_MINUTE: '1000000',
  REQUESTS_PER_MINUTE: '10000000',
  MESSAGES_PER_SECOND: '1000',
  FAUCET_CREDITS: '100000000',
}

/** Starts `main.ts` on a free port with data of its own, and waits until it is healthy. Throws an Error with its last lines. */
export async function startServer({ env = {}, port, log = () => {} }: Options = {}): Promise<Server> {
  const dataDir = mkdtempSync(join(tmpdir(), `rollingdrop-load-${process.pid}-`))
  chmodSync(dataDir, 0o711) // Run as root, Postgres has an account of its own that must get in.
  const url = `http://127.0.0.1:${port ?? (await freePort())}`
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts')], {
    env: { ...process.env, ...FOR_LOAD, DATA_DIR: dataDir, PORT: new URL(url).port, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = listen(child, log)
  const server = { url, pid: child.pid!, stop: oneTime(() => stop(child, dataDir)) }
  try {
    await ready(child, url)
    return server
  } catch (error) {
    await server.stop()
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${said.join('\n')}`, { cause: error })
  }
}

function listen(child: ChildProcess, log: (line: string) => void): readonly string[] {
  const said: string[] = []
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter(Boolean)) {
        log(line)
        said.push(line)
        if (said.length > LAST_LINES) said.shift()
      }
    })
  }
  return said
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS
  while (!(await answers(url))) {
    if (hasEnded(child))
      throw new Error(`the server ended with ${child.exitCode ?? child.signalCode} before it was ready`)
    if (performance.now() > until) throw new Error(`the server is not ready after ${READY_WITHIN_MS / 1000} s`)
    await delay(50)
  }
}

async function stop(child: ChildProcess, dataDir: string): Promise<void> {
  if (!hasEnded(child)) {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    await ended
    clearTimeout(force)
  }
  await stopOrphan(dataDir)
  rmSync(dataDir, { recursive: true, force: true })
}

/** A server that was killed could not stop its Postgres. */
async function stopOrphan(dataDir: string): Promise<void> {
  if (!existsSync(join(dataDir, 'postgres', 'postmaster.pid'))) return
  const orphan = await startPostgres({ dataDir, log: () => {} })
  await orphan.stop()
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

function oneTime(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= work())
}
