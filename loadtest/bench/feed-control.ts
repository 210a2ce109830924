import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

type Asked = Readonly<{ nth: number; what: string; with: unknown }>
type Answered = Readonly<{ nth: number; answer?: unknown; error?: string }>

/** What a process of the bench can be asked, by name. */
type Answers<T> = { readonly [K in keyof T]: (question: never) => unknown }

/** The worker's end: answers until it is told to end, or whoever started it is gone. */
export function answerAs<T extends Answers<T>>(answers: T): void {
  process.on('disconnect', () => process.exit(0))
  process.on('message', (message) => void answer(message as Asked))
  process.send!({ nth: 0 } satisfies Answered)

  async function answer({ nth, what, with: question }: Asked): Promise<void> {
    try {
      const find = answers[what as keyof T] as unknown as (question: unknown) => unknown
      process.send!({ nth, answer: await find(question) } satisfies Answered)
    } catch (error) {
      process.send!({ nth, error: String(error) } satisfies Answered)
    }
  }
}

/** A process of the bench, from outside. */
export class Worker<T extends Answers<T>> {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #asked = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (message) => {
      const { nth, answer, error } = message as Answered
      const waiting = this.#waiting.get(nth)
      this.#waiting.delete(nth)
      if (error === undefined) waiting?.resolve(answer)
      else waiting?.reject(new Error(error))
    })
    child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('a process of the bench has ended'))
    })
  }

  /** Starts `file` of this folder. */
  static async start<T extends Answers<T>>(file: string, args: readonly string[] = []): Promise<Worker<T>> {
    const execArgv = process.env['FEED_PROFILE'] ? ['--cpu-prof'] : []
    const child = fork(join(import.meta.dirname, file), args, {
      execArgv,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${file} ended before it was ready`)))
    await Promise.race([once(child, 'message'), ended])
    ended.catch(() => {}) // It will end some time.
    return new Worker<T>(child)
  }

  ask<K extends keyof T & string>(what: K, ...[question]: Parameters<T[K]>): Promise<Awaited<ReturnType<T[K]>>> {
    const nth = ++this.#asked
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(nth, waiting)
    this.#child.send({ nth, what, with: question } satisfies Asked)
    return waiting.promise as Promise<Awaited<ReturnType<T[K]>>>
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.disconnect()
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(force)
  }
}
