import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** What callers know of the outcomes they submitted. */
export type CallersView = Readonly<{
  acknowledged: Map<string, string>
  refused: Map<string, string>
  /** Submitted and not answered, or given up. */
  unknown: Set<string>
}>

/** Writer processes and what they said. */
export class Writers {
  readonly view: CallersView = { acknowledged: new Map(), refused: new Map(), unknown: new Set() }
  readonly #databaseUrl: string
  readonly #writers: ChildProcess[] = []
  readonly #lastAck_ms = new Map<ChildProcess, number>()

  constructor(databaseUrl: string) {
    this.#databaseUrl = databaseUrl
  }

  get all(): readonly ChildProcess[] {
    return this.#writers
  }

  async start(): Promise<void> {
    const file = join(import.meta.dirname, 'ledger-writer.ts')
    const child = spawn(process.execPath, [file, this.#databaseUrl], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#writers.push(child)
    const ready = Promise.withResolvers<void>()
    child.once('exit', () => ready.reject(new Error('a writer ended before it was ready')))
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'ready') ready.resolve()
      else this.#hear(child, line)
    })
    await ready.promise
  }

  /** Ends one as a crash would, and starts another. */
  async crash(writer: ChildProcess): Promise<void> {
    writer.kill('SIGKILL')
    await once(writer, 'exit')
    this.#writers.splice(this.#writers.indexOf(writer), 1)
    await this.start()
  }

  /** Ms since any writer but `except` was last acknowledged. */
  silence_ms(except: ChildProcess | undefined): number {
    const heard = this.#writers.filter((each) => each !== except).map((each) => this.#lastAck_ms.get(each) ?? 0)
    return performance.now() - Math.max(...heard)
  }

  /** Lets each finish what it has submitted. */
  async stop(): Promise<void> {
    const ends = this.#writers.map(async (writer) => {
      const closed = once(writer.stdout!, 'close')
      writer.kill('SIGTERM')
      await closed
    })
    await Promise.all(ends)
  }

  /** Ends what still runs, after a failure. */
  abort(): void {
    for (const writer of this.#writers)
      if (writer.exitCode === null && writer.signalCode === null) writer.kill('SIGKILL')
  }

  #hear(writer: ChildProcess, line: string): void {
    const [what, id, rest] = line.split(' ') as [string, string, string]
    const { acknowledged, refused, unknown } = this.view
    if (what === 's') unknown.add(id)
    if (what === 'a' || what === 'r') unknown.delete(id)
    if (what === 'r') refused.set(id, rest)
    if (what !== 'a') return
    acknowledged.set(id, rest)
    this.#lastAck_ms.set(writer, performance.now())
  }
}
