import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** What a server under test can be asked, over the channel to the process that started it. */
export type Served = Readonly<{
  url: string
  /** Opens so many battles that wait for a player; each with the tokens of two players who may enter it. */
  open(count: number): Promise<readonly Table[]>
  close(): Promise<void>
}>

/** A battle and how its two players are let in. */
export type Table = Readonly<{ id: string; tokens: readonly [string, string] }>

type Asked = Readonly<{ nth: number; what: 'open' | 'cpu' | 'bytes' | 'close'; count: number }>

/** The server's end: answers one question after the other until it is told to close. */
export function answerFor({ url, open, close }: Served): void {
  process.on('message', (message) => void answer(message as Asked))
  process.on('disconnect', () => process.exit(1)) // Whoever started us has gone.
  process.send!({ nth: 0, answer: url })

  async function answer({ nth, what, count }: Asked): Promise<void> {
    if (what === 'open') return void process.send!({ nth, answer: await open(count) })
    if (what === 'cpu') return void process.send!({ nth, answer: cpu_ms() })
    if (what === 'bytes') return void process.send!({ nth, answer: bytesInUse() })
    await close()
    process.send!({ nth, answer: true }, () => process.exit(0))
  }
}

function cpu_ms(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function bytesInUse(): number {
  for (let i = 0; i < 3; i++) globalThis.gc!()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** A server process under test, from outside. */
export class Subject {
  readonly url: string
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (answer: unknown) => void>()
  #asked = 0

  private constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.url = url
    child.on('message', (message) => {
      const { nth, answer } = message as { nth: number; answer: unknown }
      this.#waiting.get(nth)?.(answer)
      this.#waiting.delete(nth)
    })
  }

  /** Starts `file` of this folder. */
  static async start(file: string, args: readonly string[]): Promise<Subject> {
    const execArgv = ['--expose-gc', ...(process.env['ROOMS_PROFILE'] ? ['--cpu-prof'] : [])]
    const child = fork(join(import.meta.dirname, file), args, {
      execArgv,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${file} ended before it was ready`)))
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [{ answer: string }]
    ended.catch(() => {}) // It will end some time.
    return new Subject(child, message.answer)
  }

  open(count: number): Promise<readonly Table[]> {
    return this.#ask('open', count) as Promise<readonly Table[]>
  }

  /** CPU of the whole process since its start. */
  cpu_ms(): Promise<number> {
    return this.#ask('cpu') as Promise<number>
  }

  /** In use after a collection, buffers outside of the heap included. */
  bytes(): Promise<number> {
    return this.#ask('bytes') as Promise<number>
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 10_000)
    void this.#ask('close')
    await ended
    clearTimeout(force)
  }

  #ask(what: Asked['what'], count = 0): Promise<unknown> {
    const nth = ++this.#asked
    return new Promise((resolve) => {
      this.#waiting.set(nth, resolve)
      this.#child.send({ nth, what, count } satisfies Asked)
    })
  }
}
