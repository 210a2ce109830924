import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Service } from './service.ts'

const READY_WITHIN_MS = 30_000
const ENDS_WITHIN_MS = 10_000
const LOOK_MS = 25

/** A service that was started: all one needs to know to find it again from another process. */
export type Started = Readonly<{ name: string; address: string; port: number; pid: number; folder: string }>

/** Starts the service over `folder` and resolves once it answers. It outlives this process: stop it. */
export async function start(service: Service, at: Readonly<{ folder: string; port: number }>): Promise<Started> {
  const { command, args, env } = await service.launch(at)
  const log = join(at.folder, 'service.log')
  const out = openSync(log, 'a')
  const child = spawn(command, args, {
    cwd: at.folder,
    stdio: ['ignore', out, out],
    env: { ...process.env, ...env },
    detached: true,
  })
  closeSync(out)
  let ended: string | undefined
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code, signal) => (ended = `it ended (${code ?? signal})`))
  child.unref()
  const until = performance.now() + READY_WITHIN_MS
  while (!(await answers(service, at))) {
    if (ended === undefined && performance.now() > until) ended = `no answer within ${READY_WITHIN_MS} ms`
    if (ended !== undefined) {
      if (child.pid !== undefined) signal(child.pid, 'SIGKILL')
      throw new Error(`${service.name} does not start: ${ended}\n${readFileSync(log, 'utf8').slice(-2000)}`)
    }
    await delay(LOOK_MS)
  }
  return { name: service.name, address: service.address(at), ...at, pid: child.pid! }
}

async function answers(service: Service, at: Readonly<{ folder: string; port: number }>): Promise<boolean> {
  try {
    return await service.answers(service.address(at))
  } catch {
    return false
  }
}

/** Ends it in order, or by force when that takes too long. Nothing happens when it has gone already. */
export async function stop(started: Started): Promise<void> {
  if (!isRunning(started)) return
  signal(started.pid, 'SIGTERM')
  if (await hasEnded(started, ENDS_WITHIN_MS)) return
  await kill(started)
}

/** Ends it as a crash does. */
export async function kill(started: Started): Promise<void> {
  if (!isRunning(started)) return
  signal(started.pid, 'SIGKILL')
  await hasEnded(started, ENDS_WITHIN_MS)
}

/** A process id may be given to another program later: ours works in its own folder. */
export function isRunning({ pid, folder }: Started): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const state = stat.slice(stat.lastIndexOf(')') + 2)[0]
    return state !== 'Z' && readlinkSync(`/proc/${pid}/cwd`) === folder
  } catch {
    return false
  }
}

async function hasEnded(started: Started, within_ms: number): Promise<boolean> {
  for (const until = performance.now() + within_ms; performance.now() < until; await delay(LOOK_MS)) {
    if (!isRunning(started)) return true
  }
  return false
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended meanwhile.
  }
}
