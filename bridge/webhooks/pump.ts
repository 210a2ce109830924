import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { createBreaker, type Breaker } from '../../access/breaker.ts'
import type { Outbound } from '../../access/outbound.ts'
import type { Sealer } from '../../access/seal.ts'
import { secretContext } from '../../access/webhooks/secret.ts'
import type { LedgerReader, Tail } from '../../ledger/ledger.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import { Wakeup } from '../wakeup.ts'
import { bodyOf, isFor, messageId, signedHeaders } from './message.ts'
import {
  activeEndpoints,
  delivered,
  disable,
  giveUp,
  putOff,
  putOffAgain,
  readRetries,
  retried,
  skip,
  type Endpoint,
  type Retries,
  type Retry,
} from './progress.ts'
import { waitAfter } from './schedule.ts'

export type PumpParts = Readonly<{
  pool: Pool
  reader: Pick<LedgerReader, 'events'>
  tail: Pick<Tail, 'lineage' | 'seq' | 'recent'>
  sealer: Pick<Sealer, 'open'>
  outbound: Pick<Outbound, 'post'>
  log: Pick<Logger, 'error'>
  /** For one attempt, from the look-up of the name to the end of the answer. */
  timeout_ms: number
  /** The waits between attempts, if not those of Standard Webhooks. */
  schedule_ms?: readonly number[]
  /** How long an endpoint is left alone that has not answered several times in a row. */
  rest_ms?: number
  /** With so many events put off, no further ones are begun until some are through: the ledger keeps them. */
  retries_max: number
}>

/** `unsent`: the endpoint is left alone, and the attempt was none. */
type Answer = 'delivered' | 'gone' | Readonly<{ error: string; unsent?: boolean }>

/** Events looked through at once, in memory and in the database, and how far apart the latter may lie. */
const READ_EVENTS = 500
const READ_SEQS = 10_000n
/** How often it is noted that nothing of late was for this endpoint. */
const NOTE_MS = 5_000
/** How often an endpoint with as much put off as may be is tried. */
const PROBE_MS = 60_000
const PAUSE_MS = 1_000
const ANSWER_BYTES = 1_024
/** So often in a row an endpoint does not answer before it is left alone; any status is an answer. */
const UNANSWERED_MAX = 5
const REST_MS = 5_000
const LEFT_ALONE = 'not called: it has not answered of late'

/**
 * Sends one endpoint its events, one after the other, at its own pace: first what was put off and is due, then what comes next.
 * An event counts as sent when its attempt has ended and that is written down; a crash between the two sends it once more,
 * under the same id.
 *
 *     next event ── 2xx ──▶ sent                          410 ──▶ endpoint disabled
 *         └── anything else ──▶ put off ── when due ──▶ sent, put off again, or given up after the last attempt
 *
 * An endpoint that does not answer is left alone for a while: an attempt that is due meanwhile has failed and sends nothing. Only the
 * last one waits until it can be made.
 */
export class Pump {
  readonly #parts: PumpParts
  readonly #stop: AbortSignal
  readonly #wakeup = new Wakeup()
  /** Ends when it is stopped, or its endpoint is disabled or gone. */
  readonly done: Promise<void>
  #endpoint: Endpoint
  /** Events for this endpoint up to `readTo`, not sent yet. */
  #waiting: CommittedEvent[] = []
  #readTo: bigint
  #noted_ms = performance.now()
  #retries: Retries | undefined
  #retriesRead_ms = 0
  #stale = false
  /** Of this endpoint alone: nobody waits for another one's. */
  readonly #breaker: Breaker

  /** Starts at once; whoever aborts `stop` rings too. */
  constructor(parts: PumpParts, endpoint: Endpoint, stop: AbortSignal) {
    this.#parts = parts
    this.#endpoint = endpoint
    this.#readTo = endpoint.seq
    this.#stop = stop
    this.#breaker = breakerOf(parts)
    this.done = this.#run()
  }

  get tenant(): string {
    return this.#endpoint.tenant
  }

  /** Every event up to here has been sent, put off, or is not for this endpoint. */
  get seq(): bigint {
    const [next] = this.#waiting
    return next ? next.seq - 1n : this.#readTo
  }

  /** Something may have come. */
  ring(): void {
    this.#wakeup.ring()
  }

  /** Somebody has changed the endpoint. */
  look(): void {
    this.#stale = true
    this.#wakeup.ring()
  }

  async #run(): Promise<void> {
    const { log } = this.#parts
    let there = true
    while (there && !this.#stop.aborted) {
      try {
        there = this.#stale ? await this.#reload() : await this.#step()
      } catch (error) {
        log.error({ err: error, endpoint: this.#endpoint.id }, 'a webhook endpoint waits')
        this.#stale = true
        await this.#wakeup.pause(PAUSE_MS, this.#stop)
      }
    }
    await this.#note().catch((error: unknown) =>
      log.error({ err: error }, 'the place of a webhook endpoint was not kept'),
    )
  }

  /** One thing after the other. False when the endpoint is to be sent nothing more. */
  async #step(): Promise<boolean> {
    const { pool, retries_max } = this.#parts
    if (!this.#retries) {
      this.#retries = await readRetries(pool, this.#endpoint.id)
      this.#retriesRead_ms = performance.now()
    }
    const { count, first } = this.#retries
    const due_ms = first ? first.wait_ms - (performance.now() - this.#retriesRead_ms) : undefined
    if (first && due_ms! <= 0) return this.#retry(first, true)
    if (first && count >= retries_max) {
      const rung = await this.#wakeup.sleep(Math.min(due_ms!, PROBE_MS))
      return rung || this.#stop.aborted ? true : this.#retry(first, due_ms! <= PROBE_MS)
    }
    const event = this.#waiting[0] ?? (await this.#readOn())
    if (event) return this.#sendNext(event)
    if (performance.now() - this.#noted_ms >= NOTE_MS) await this.#note()
    await this.#wakeup.sleep(due_ms)
    return true
  }

  /** The next event for this endpoint; undefined when there is none yet. */
  async #readOn(): Promise<CommittedEvent | undefined> {
    const { tail, reader } = this.#parts
    while (!this.#stop.aborted && !this.#stale) {
      const since = this.#readTo
      const recent = tail.recent(since)?.slice(0, READ_EVENTS)
      if (recent?.length === 0) return undefined
      const until = since + READ_SEQS < tail.seq ? since + READ_SEQS : tail.seq
      if (until <= since) return undefined
      const { tenant } = this.#endpoint
      const events = recent ?? (await reader.events({ tenant, since, until, limit: READ_EVENTS }))
      const isWhole = recent === undefined && events.length < READ_EVENTS
      this.#readTo = isWhole ? until : events.at(-1)!.seq
      this.#waiting = events.filter((event) => isFor(this.#endpoint, event))
      if (this.#waiting.length > 0) return this.#waiting[0]
    }
    return undefined
  }

  async #sendNext(event: CommittedEvent): Promise<boolean> {
    const { pool, schedule_ms } = this.#parts
    const { id: endpoint, seq: from } = this.#endpoint
    const answer = await this.#attempt(event)
    if (this.#stop.aborted) return true
    if (answer === 'gone') return this.#disable()
    const attempt = answer === 'delivered' ? undefined : { endpoint, seq: event.seq, attempts: 1, error: answer.error }
    const moved = attempt
      ? await putOff(pool, { from, attempt, wait_ms: waitAfter(1, schedule_ms) ?? 0 })
      : await delivered(pool, { endpoint, from, to: event.seq })
    if (!moved) return this.#reload()
    if (attempt || this.#endpoint.failures > 0) this.#retries = undefined
    this.#endpoint = { ...this.#endpoint, seq: event.seq, failures: attempt ? this.#endpoint.failures + 1 : 0 }
    this.#waiting.shift()
    return true
  }

  /** Tries an event again that was put off. One that is not due is only tried to see whether the endpoint is back. */
  async #retry({ seq, attempts: before }: Retry, isDue: boolean): Promise<boolean> {
    const { pool, reader, tail, schedule_ms, rest_ms = REST_MS } = this.#parts
    const endpoint = this.#endpoint.id
    const [event] = await reader.events({ since: seq - 1n, until: seq, limit: 1 })
    const answer: Answer = event ? await this.#attempt(event) : { error: 'the event has left the ledger' }
    if (this.#stop.aborted) return true
    this.#retries = undefined
    if (answer === 'gone') return this.#disable()
    if (answer === 'delivered') {
      await retried(pool, endpoint, seq)
      return true
    }
    if (event && !isDue) return true
    const attempts = before + 1
    const wait_ms = event ? waitAfter(attempts, schedule_ms) : undefined
    if (wait_ms === undefined && answer.unsent) {
      await putOffAgain(pool, { endpoint, seq, attempts: before, error: answer.error }, rest_ms)
      return true
    }
    const attempt = { endpoint, seq, attempts, error: answer.error }
    if (wait_ms === undefined) await giveUp(pool, tail.lineage, attempt)
    else await putOffAgain(pool, attempt, wait_ms)
    return true
  }

  async #attempt(event: CommittedEvent): Promise<Answer> {
    const { sealer, outbound, tail, timeout_ms } = this.#parts
    const { id, url, sealed_secret } = this.#endpoint
    const body = bodyOf(event, tail.lineage)
    try {
      const secret = sealer.open(sealed_secret, secretContext(id))
      const message = { id: messageId(tail.lineage, event.seq, id), body, now_ms: Date.now() }
      const headers = signedHeaders(secret, message)
      const call = { url, body, headers, timeout_ms, answer_bytes_max: ANSWER_BYTES }
      const { status } = await this.#breaker.run((signal) =>
        outbound.post({ ...call, signal: AbortSignal.any([this.#stop, signal]) }),
      )
      if (status >= 200 && status < 300) return 'delivered'
      return status === 410 ? 'gone' : { error: `answered ${status}` }
    } catch (error) {
      const unsent = error instanceof RollingDropError && error.code === 'server/busy'
      return { error: unsent ? LEFT_ALONE : (error as Error).message, unsent }
    }
  }

  async #disable(): Promise<false> {
    await disable(this.#parts.pool, this.#endpoint.id, 'answered 410 Gone')
    return false
  }

  /** Notes how far there was nothing for this endpoint. */
  async #note(): Promise<void> {
    this.#noted_ms = performance.now()
    const { id: endpoint, seq: from } = this.#endpoint
    const to = this.seq
    if (to <= from) return
    if (await skip(this.#parts.pool, { endpoint, from, to })) this.#endpoint = { ...this.#endpoint, seq: to }
    else this.#stale = true
  }

  async #reload(): Promise<boolean> {
    this.#stale = false
    const [endpoint] = await activeEndpoints(this.#parts.pool, this.#endpoint.id)
    if (!endpoint) return false
    this.#endpoint = endpoint
    this.#waiting = []
    this.#readTo = endpoint.seq
    this.#retries = undefined
    return true
  }
}

function breakerOf({ timeout_ms, rest_ms = REST_MS }: PumpParts): Breaker {
  return createBreaker({
    name: 'webhook endpoint',
    timeout_ms,
    at_once_max: 1,
    waiting_max: 0,
    failures: UNANSWERED_MAX,
    rest_ms,
  })
}
