import { createTransport } from 'nodemailer'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { uuidv7 } from '../../schema/uuid.ts'
import { createBreaker } from '../breaker.ts'
import { impersonal } from '../plain-words.ts'
import type { Sealer } from '../seal.ts'
import { aboutAddress } from './forget.ts'
import type { Letter } from './letters.ts'

/** Brings a letter to whoever takes mail in. Rejects when that did not work and may be tried again. */
export type Carrier = (letter: Letter) => Promise<void>

type Parts = Readonly<{
  pool: Pool
  sealer: Sealer
  clock: () => number
  /** Undefined where no mail server is configured: letters are kept, and `npm run mails` shows them. */
  carrier: Carrier | undefined
  log: Pick<Logger, 'warn'>
}>

const CONTEXT = 'mail'
/** The wait after each try that failed; after the last one the letter is given up. */
const WAITS_MS = [10_000, 60_000, 300_000, 1_800_000, 7_200_000]
/** While a letter is being carried no other node takes it. */
const CARRIED_WITHIN_MS = 60_000
const AT_ONCE = 10
/** How long a letter may lie that another node took and did not live to send. */
const LOOK_MS = 60_000
/** Letters that nobody fetched where no mail server is configured. */
const KEPT_MS = 86_400_000

/** Of the mail server: each letter is through, or has failed, before another node may take it. */
const PATIENCE = { timeout_ms: 50_000, at_once_max: AT_ONCE, waiting_max: AT_ONCE, failures: 5, rest_ms: 5_000 }
/** What a mail server answers that takes nothing at all for now. */
const CLOSING = 421

/**
 * A carrier over SMTP; `url` as `smtp://user:password@host:port` or `smtps://…`. A server that does not answer is left alone for a
 * while: letters are refused with `server/busy` then, and nothing is sent. One that turns a letter away has answered.
 */
export function smtpCarrier(url: string, from: string, patience: Partial<typeof PATIENCE> = {}): Carrier {
  const transport = createTransport({ url, connectionTimeout: 10_000, socketTimeout: 20_000 }, { from })
  const breaker = createBreaker({ name: 'mail', ...PATIENCE, ...patience })
  return async (letter) => {
    const turnedAway = await breaker.run(() => transport.sendMail(letter).then(() => undefined, answerOf))
    if (turnedAway) throw turnedAway
  }
}

/** What the mail server said. @throws the error itself where it said nothing. */
function answerOf(error: Error & { responseCode?: number }): Error {
  if (error.responseCode === undefined || error.responseCode === CLOSING) throw error
  return error
}

/**
 * Letters that wait to be sent, in Postgres: one that was posted is sent, also when the node that took it dies, or given up after
 * `WAITS_MS`. What is in them rests sealed.
 */
export class Mail {
  readonly #parts: Parts
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined
  #isClosed = false

  constructor(parts: Parts) {
    this.#parts = parts
    if (parts.carrier) this.#sendSoon(0)
  }

  /** Resolves when the letter is durable. */
  async post(letter: Letter): Promise<void> {
    const { pool, sealer, clock, carrier } = this.#parts
    const now_ms = clock()
    await pool.query('insert into mail(id, sealed, next_try_ms, about) values ($1, $2, $3, $4)', [
      uuidv7(now_ms),
      sealer.seal(JSON.stringify(letter), CONTEXT),
      now_ms,
      aboutAddress(sealer, letter.to),
    ])
    if (carrier) this.#sendSoon(0)
  }

  /** Letters that have not been sent, oldest first. */
  async waiting(): Promise<readonly Letter[]> {
    const { rows } = await this.#parts.pool.query<{ sealed: string }>('select sealed from mail order by id limit 100')
    return rows.map(({ sealed }) => this.#open(sealed))
  }

  async dropExpired(): Promise<void> {
    const { pool, clock } = this.#parts
    await pool.query('delete from mail where next_try_ms < $1', [clock() - KEPT_MS])
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#sending
  }

  #open(sealed: string): Letter {
    return JSON.parse(this.#parts.sealer.open(sealed, CONTEXT)) as Letter
  }

  #sendSoon(wait_ms: number): void {
    if (this.#isClosed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#sending = (this.#sending ?? Promise.resolve()).then(() => this.#sendDue())
    }, wait_ms)
    this.#timer.unref()
  }

  /** Sends what is due, and comes back when the next letter is. */
  async #sendDue(): Promise<void> {
    const { pool, log, clock } = this.#parts
    try {
      while (!this.#isClosed && (await this.#sendSome()) === AT_ONCE);
      const { rows } = await pool.query<{ next: string | null }>('select min(next_try_ms) as next from mail')
      this.#sendSoon(Math.min(LOOK_MS, Math.max(100, Number(rows[0]?.next ?? Infinity) - clock())))
    } catch (error) {
      log.warn({ err: error }, 'mail could not be looked for')
      this.#sendSoon(WAITS_MS[0]!)
    }
  }

  async #sendSome(): Promise<number> {
    const { pool, clock } = this.#parts
    const { rows } = await pool.query<{ id: string; sealed: string; tries: number }>(
      `update mail set tries = tries + 1, next_try_ms = $1::bigint + $2 where id in (
         select id from mail where next_try_ms <= $1 order by next_try_ms limit $3 for update skip locked)
       returning id, sealed, tries`,
      [clock(), CARRIED_WITHIN_MS, AT_ONCE],
    )
    await Promise.all(rows.map((row) => this.#send(row.id, row.tries, this.#open(row.sealed))))
    return rows.length
  }

  async #send(id: string, tries: number, letter: Letter): Promise<void> {
    const { pool, carrier, clock, log } = this.#parts
    try {
      await carrier!(letter)
      await pool.query('delete from mail where id = $1', [id])
    } catch (error) {
      const wait_ms = WAITS_MS[tries - 1]
      log.warn({ mail: id, tries, err: error }, wait_ms === undefined ? 'a mail was given up' : 'a mail was not taken')
      if (wait_ms === undefined) await pool.query('delete from mail where id = $1', [id])
      else
        await pool.query('update mail set next_try_ms = $2, error = $3 where id = $1', [
          id,
          clock() + wait_ms,
          impersonal((error as Error).message).slice(0, 200),
        ])
    }
  }
}
