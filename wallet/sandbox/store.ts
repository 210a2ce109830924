import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { uuidv7 } from '../../schema/uuid.ts'
import type { ProviderEvent } from '../provider.ts'

export type SandboxPayment = Readonly<{
  reference: string
  payment: string
  direction: 'in' | 'out'
  asset: string
  amount: bigint
  target: string | null
}>

/** Something that happens: `delays_ms` says when it is told, once for each; left out, at once and once. */
export type Happening = Readonly<{
  type: ProviderEvent['type']
  part?: string | undefined
  amount?: bigint | undefined
  delays_ms?: readonly number[] | undefined
}>

/** Somebody is to be told of an event. */
export type Delivery = Readonly<{ id: string; tries: number; event: string; told: ProviderEvent }>

type EventRow = Readonly<{
  type: ProviderEvent['type']
  payment: string
  part: string
  asset: string
  amount: string
  at_ms: string
}>

/** A delivery that was taken and not ended is taken again after this long. */
const LEASE_MS = 10_000
const TAKEN_MAX = 32
const RETRY_MS = { first: 250, most: 60_000 }

/** What the sandbox knows, in Postgres: it survives a restart, and any number of nodes share it. */
export class SandboxStore {
  readonly #pool: Pool
  readonly #clock: () => number

  constructor(pool: Pool, clock: () => number) {
    this.#pool = pool
    this.#clock = clock
  }

  /** Makes a payment, or returns the one there is. */
  async make(wanted: Omit<SandboxPayment, 'reference'>): Promise<SandboxPayment> {
    const { payment, direction, asset, amount, target } = wanted
    await this.#pool.query(
      `insert into sandbox_payment values ($1, $2, $3, $4, $5, $6, $7) on conflict (payment) do nothing`,
      [`sb_${randomBytes(12).toString('hex')}`, payment, direction, asset, amount, target, this.#clock()],
    )
    return (await this.find({ payment }))!
  }

  async find(by: Readonly<{ payment: string } | { reference: string }>): Promise<SandboxPayment | undefined> {
    const [column, value] = Object.entries(by)[0] as ['payment' | 'reference', string]
    const { rows } = await this.#pool.query<SandboxPayment & { amount: string }>(
      `select reference, payment, direction, asset, amount, target from sandbox_payment where ${column} = $1`,
      [value],
    )
    return rows[0] && { ...rows[0], amount: BigInt(rows[0].amount) }
  }

  /** Lets something happen to a payment, and be told. The same thing happens once, and is told again as often as it is asked for. */
  async happen({ payment, asset, amount: all }: SandboxPayment, happening: Happening): Promise<void> {
    const { type, part = type, amount = all, delays_ms = [0] } = happening
    const now_ms = this.#clock()
    await this.#pool.query(
      `with happened as (
         insert into sandbox_event values ($1, $2, $3, $4, $5, $6, $7) on conflict (payment, type, part) do nothing returning id)
       insert into sandbox_delivery (event, due_ms)
       select coalesce((select id from happened), (select id from sandbox_event where (payment, type, part) = ($2, $3, $4))), due_ms
       from unnest($8::bigint[]) due(due_ms)`,
      [`evt_${uuidv7(now_ms)}`, payment, type, part, asset, amount, now_ms, delays_ms.map((ms) => now_ms + ms)],
    )
  }

  async eventsOf(payment: string): Promise<readonly ProviderEvent[]> {
    return this.#events('payment = $1', [payment])
  }

  async eventsWithin(since_ms: number, until_ms: number): Promise<readonly ProviderEvent[]> {
    return this.#events('at_ms >= $1 and at_ms < $2', [since_ms, until_ms])
  }

  /** Deliveries that are due; nobody else gets them for a while. */
  async take(): Promise<readonly Delivery[]> {
    const now_ms = this.#clock()
    const { rows } = await this.#pool.query<EventRow & Readonly<{ id: string; tries: number; event: string }>>(
      `with due as (
         select id from sandbox_delivery where due_ms <= $1 order by due_ms, id limit ${TAKEN_MAX} for update skip locked),
       taken as (
         update sandbox_delivery d set due_ms = $2, tries = tries + 1 from due where d.id = due.id returning d.id, d.tries, d.event)
       select t.id, t.tries, t.event, e.type, e.payment, e.part, e.asset, e.amount, e.at_ms
       from taken t join sandbox_event e on e.id = t.event order by t.id`,
      [now_ms, now_ms + LEASE_MS],
    )
    return rows.map(({ id, tries, event, ...told }) => ({ id, tries, event, told: eventOf(told) }))
  }

  async delivered({ id }: Delivery): Promise<void> {
    await this.#pool.query('delete from sandbox_delivery where id = $1', [id])
  }

  async putOff({ id, tries }: Delivery): Promise<void> {
    const wait_ms = Math.min(RETRY_MS.first * 2 ** (tries - 1), RETRY_MS.most)
    await this.#pool.query('update sandbox_delivery set due_ms = $2 where id = $1', [id, this.#clock() + wait_ms])
  }

  /** In how many ms the next delivery is due; undefined when none waits. */
  async nextIn_ms(): Promise<number | undefined> {
    const { rows } = await this.#pool.query<{ due_ms: string | null }>(
      'select min(due_ms) as due_ms from sandbox_delivery',
    )
    const due_ms = rows[0]!.due_ms
    return due_ms === null ? undefined : Math.max(0, Number(due_ms) - this.#clock())
  }

  async #events(where: string, values: readonly unknown[]): Promise<readonly ProviderEvent[]> {
    const { rows } = await this.#pool.query<EventRow>(
      `select type, payment, part, asset, amount, at_ms from sandbox_event where ${where} order by at_ms, id`,
      [...values],
    )
    return rows.map(eventOf)
  }
}

function eventOf({ amount, at_ms, ...rest }: EventRow): ProviderEvent {
  return { ...rest, amount: BigInt(amount), at_ms: Number(at_ms) }
}
