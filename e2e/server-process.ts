import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { choosePlace } from '../embedded/postgres-place.ts'
import { findPostmaster, stopPostmaster } from '../embedded/postgres-process.ts'

const root = join(import.meta.dirname, '..')
const READY = /^RollingDrop is ready: (\S+)$/m

/** `said` is both streams together, `answered` what came on stdout alone. */
export type Ended = Readonly<{ code: number | null; signal: NodeJS.Signals | null; said: string; answered: string }>

/** A program of ours as a process of its own. */
export type Program = Readonly<{
  pid: number
  /** Everything it has written so far, both streams together. */
  said(): string
  ended: Promise<Ended>
  /** To it alone. */
  signal(name: NodeJS.Signals): void
  /** To its whole process group, as a Ctrl-C at a terminal is sent. */
  signalGroup(name: NodeJS.Signals): void
}>

export type ServerProcess = Program & Readonly<{ url: string }>

type Run = Readonly<{ command?: string; cwd?: string; env?: Readonly<Record<string, string | undefined>> }>

/** Starts `node <args>` (or another command) at the root of the checkout. */
export function run(args: readonly string[], { command = process.execPath, cwd = root, env = {} }: Run = {}): Program {
  const stdio = ['ignore', 'pipe', 'pipe'] as const
  const child: ChildProcess = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: [...stdio],
    detached: true,
  })
  let [said, answered] = ['', '']
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stdout!.on('data', (text: string) => (answered += text))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, said, answered }))
  })
  const pid = child.pid!
  return {
    pid,
    ended,
    said: () => said,
    signal: (name) => void child.kill(name),
    signalGroup: (name) => void process.kill(-pid, name),
  }
}

/** Resolves when it has said its address. Rejects with all it said when it ended instead. */
export async function whenReady(program: Program): Promise<ServerProcess> {
  const early = program.ended.then(({ code, said }): never => {
    throw new Error(`it ended with ${code} before it was ready:\n${said}`)
  })
  early.catch(() => {}) // told by the race below; a server that ends later ends as it should
  for (;;) {
    const url = READY.exec(program.said())?.[1]
    if (url !== undefined) return { ...program, url }
    await Promise.race([early, delay(10)])
  }
}

/** Runs `npm run audit` on the data of a folder or the database of a URL. Resolves with its last line; rejects with all it said. */
export async function audit(env: Readonly<{ DATA_DIR?: string; DATABASE_URL?: string }>): Promise<unknown> {
  const { code, said, answered } = await run(['scripts/run.mjs', 'audit'], { env }).ended
  if (code !== 0) throw new Error(`the audit ended with ${code}:\n${said}`)
  return JSON.parse(answered.trimEnd().split('\n').at(-1) ?? '') as unknown
}

/** A folder for a server's data that outlives the server. */
export type DataFolder = Readonly<{
  path: string
  /** The process id of the Postgres that runs on it; undefined when none does. */
  postgres(): number | undefined
  remove(): Promise<void>
}>

export function dataFolder(): DataFolder {
  const path = mkdtempSync(join(tmpdir(), `rollingdrop-e2e-${process.pid}-`))
  chmodSync(path, 0o711) // Run as root, Postgres has an account of its own that must get in.
  return { path, postgres: () => findPostmaster(choosePlace(path))?.pid, remove: () => removeData(path) }
}

/** Takes the data of a stopped or killed server away, and the Postgres that a killed one has left. */
export async function removeData(path: string): Promise<void> {
  const place = choosePlace(path)
  const left = findPostmaster(place)
  if (left) await stopPostmaster(place, left)
  for (const gone of [place.home, path]) rmSync(gone, { recursive: true, force: true })
}
