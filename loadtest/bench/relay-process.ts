import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export type SinkName = 'kafka' | 'clickhouse'

/** `url`: the brokers of Kafka, or the address of ClickHouse with its database. */
export type KafkaTarget = Readonly<{ url: string; prefix: string; transaction_ms?: number }>

export type RelayReport = Readonly<{ state: string; seq: string; error: string | null; cpu_us: number; rss: number }>

/** A relay in a process of its own, and what it last said of itself. */
export class RelayProcess {
  readonly child: ChildProcess
  report: RelayReport = { state: 'starting', seq: '0', error: null, cpu_us: 0, rss: 0 }
  rss_max = 0
  readonly #listeners = new Set<() => void>()

  constructor(databaseUrl: string, sink: SinkName, target: KafkaTarget) {
    const file = join(import.meta.dirname, 'relay-worker.ts')
    this.child = fork(file, [databaseUrl, sink, JSON.stringify(target)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.child.on('message', (report: RelayReport) => {
      this.report = report
      this.rss_max = Math.max(this.rss_max, report.rss)
      for (const listener of this.#listeners) listener()
    })
    this.child.on('exit', () => this.#listeners.forEach((listener) => listener()))
  }

  /** Resolves with the first report that satisfies `wanted`. Throws an Error with the last one when that takes too long. */
  async until(wanted: (report: RelayReport) => boolean, within_ms: number): Promise<RelayReport> {
    const { promise, resolve, reject } = Promise.withResolvers<RelayReport>()
    const look = (): void => {
      if (wanted(this.report)) resolve(this.report)
      else if (this.child.exitCode !== null) reject(new Error(`the relay ended (${this.child.exitCode})`))
    }
    const timer = setTimeout(() => reject(new Error(`the relay is ${JSON.stringify(this.report)}`)), within_ms)
    this.#listeners.add(look)
    look()
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#listeners.delete(look)
    }
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, 'exit')
    this.child.kill(signal)
    await ended
  }
}
