import { toJson } from '../../schema/json.ts'
import { eventToJson } from './message.ts'
import { signedHeaders } from './signature.ts'
import type { Delivery, SandboxStore } from './store.ts'

type Parts = Readonly<{
  store: SandboxStore
  secret: string
  /** Where webhooks go; empty as long as nobody listens. */
  notify: () => string
  clock: () => number
  failed: (error: unknown) => void
}>

/** What another node has put down is seen after this long at the latest. */
const LOOK_MS = 2_000
const ANSWER_MS = 5_000

/**
 * Sends webhooks when they are due, each until it is answered with 2xx.
 *
 *     asleep ──something happens, or is due──▶ sending ──nothing left──▶ asleep
 */
export class Sender {
  readonly #parts: Parts
  readonly #closing = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #working: Promise<void> | undefined
  #isWoken = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.wake()
  }

  /** Something may be due. */
  wake(): void {
    this.#isWoken = true
    if (this.#closing.signal.aborted) return
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    clearTimeout(this.#timer)
    await this.#working
  }

  async #work(): Promise<void> {
    const { store, failed, notify } = this.#parts
    clearTimeout(this.#timer)
    let wait_ms = LOOK_MS
    try {
      while (this.#isWoken && notify() !== '') {
        this.#isWoken = false
        const due = await store.take()
        await Promise.all(due.map((each) => this.#send(each)))
        if (due.length > 0) this.#isWoken = true
      }
      wait_ms = Math.min((await store.nextIn_ms()) ?? LOOK_MS, LOOK_MS)
    } catch (error) {
      failed(error) // the next look tries again
    }
    if (this.#closing.signal.aborted) return
    this.#timer = setTimeout(() => this.wake(), Math.max(wait_ms, 5)).unref()
  }

  async #send(delivery: Delivery): Promise<void> {
    const { store, secret, notify, clock } = this.#parts
    const body = toJson(eventToJson(delivery.told))
    const headers = signedHeaders(secret, { id: delivery.event, body, now_ms: clock() })
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(ANSWER_MS)])
    const isHeard = await fetch(notify(), { method: 'POST', headers, body, signal }).then(
      async (answer) => {
        await answer.body?.cancel()
        return answer.ok
      },
      () => false,
    )
    await (isHeard ? store.delivered(delivery) : store.putOff(delivery))
  }
}
