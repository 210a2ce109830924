import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Moment } from './bridge-moment.ts'

export type NodeOrder = Moment | 'go'
export type NodeReport = Moment | 'ready'

const READY_WITHIN_MS = 60_000
/** A leader under load writes several times a second. */
const REACHED_WITHIN_MS = 20_000
const ENDS_WITHIN_MS = 20_000

/** A process that carries events, see `bridge-worker.ts`. */
class BridgeNode {
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
  }

  get pid(): number {
    return this.#child.pid!
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Resolves when it says `wanted`. Throws an Error when it ends first or takes too long. */
  async until(wanted: NodeReport, within_ms: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const hear = (report: NodeReport): void => (report === wanted ? resolve() : undefined)
    const ended = (): void => reject(new Error(`node ${this.pid} ended before it was ${wanted}`))
    const timer = setTimeout(() => reject(new Error(`node ${this.pid} was not ${wanted} in time`)), within_ms)
    this.#child.on('message', hear).once('exit', ended)
    try {
      await promise
    } finally {
      clearTimeout(timer)
      this.#child.off('message', hear).off('exit', ended)
    }
  }

  /** Lets its next write stand still at `moment`; resolves when it does. */
  async holdAt(moment: Moment): Promise<void> {
    const reached = this.until(moment, REACHED_WITHIN_MS)
    this.#child.send(moment)
    await reached
  }

  freeze(): void {
    this.#child.kill('SIGSTOP')
  }

  /** Wakes it if it is frozen, and lets the write that stands still go on. */
  goOn(): void {
    this.#child.send('go' satisfies NodeOrder)
    this.#child.kill('SIGCONT')
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** In order; by force when that takes too long. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), ENDS_WITHIN_MS)
    await this.#end('SIGTERM')
    clearTimeout(timer)
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.hasEnded) return
    const ended = once(this.#child, 'exit')
    this.#child.kill(signal)
    await ended
  }
}

export type { BridgeNode }

/** All nodes of a run; what they say goes to `folder/nodes.log`. */
export class BridgeNodes {
  readonly #env: () => NodeJS.ProcessEnv
  readonly #log: string
  #nodes: readonly BridgeNode[] = []
  #stopped = false

  constructor(folder: string, env: () => NodeJS.ProcessEnv) {
    this.#log = join(folder, 'nodes.log')
    this.#env = env
  }

  get all(): readonly BridgeNode[] {
    return this.#nodes
  }

  /** Resolves when one more is ready. */
  async start(): Promise<void> {
    if (this.#stopped) throw new Error('the nodes are stopped')
    const out = openSync(this.#log, 'a')
    const env = { ...process.env, ...this.#env() }
    const child = fork(join(import.meta.dirname, 'bridge-worker.ts'), { env, stdio: ['ignore', out, out, 'ipc'] })
    closeSync(out)
    const node = new BridgeNode(child)
    this.#nodes = [...this.#nodes, node]
    await node.until('ready', READY_WITHIN_MS)
  }

  /** By its number as a process, which it told when it joined the living. */
  find(pid: number): BridgeNode | undefined {
    return this.#nodes.find((node) => node.pid === pid && !node.hasEnded)
  }

  /** Forgets those that have ended, starts as many anew, and returns how many those were. */
  async revive(): Promise<number> {
    const alive = this.#nodes.filter((node) => !node.hasEnded)
    const ended = this.#nodes.length - alive.length
    this.#nodes = alive
    await Promise.all(Array.from({ length: ended }, () => this.start()))
    return ended
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop()))
  }

  /** At once, also those that are frozen. */
  async kill(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#nodes.map((node) => node.kill()))
  }
}
