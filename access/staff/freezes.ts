import type { Pool } from 'pg'
import type { Ledger, Tail } from '../../ledger/ledger.ts'
import { debtOwner, userOwner, type TenantId } from '../../schema/account.ts'
import { digestOf } from '../../schema/digest.ts'
import type { CommittedEvent, EventDraft } from '../../schema/event.ts'
import type { FreezeStep } from '../../schema/outcome.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { acted, type Act } from '../acts.ts'
import { commitSurely } from '../welcome.ts'

type Parts = Readonly<{
  pool: Pool
  ledger: Ledger
  tail: Pick<Tail, 'subscribe'>
  clock: () => number
  failed: (error: unknown) => void
}>
type Whom = Readonly<{ tenant: TenantId; user: string }>

const FREEZE = 'user.freeze'
const FREE = 'user.unfreeze'

/**
 * Users whose money the staff has frozen. The ledger freezes accounts; what is frozen here is a user: an account that they get later,
 * or that something else has freed, is frozen as soon as a node hears of it.
 */
export class Freezes {
  readonly #parts: Parts
  readonly #frozen = new Set<string>()
  readonly #unsubscribe: () => void
  readonly #loaded: Promise<void>
  #working: Promise<unknown> = Promise.resolve()

  constructor(parts: Parts) {
    this.#parts = parts
    this.#unsubscribe = parts.tail.subscribe((events) => this.#follow(events))
    this.#loaded = this.#load()
    this.#loaded.catch(parts.failed)
  }

  /** Freezes the user, or frees them, with all they have. False: they were so already. */
  async set(by: Act['by'], whom: Whom, frozen: boolean): Promise<boolean> {
    const { pool, ledger, clock } = this.#parts
    const { rowCount } = await pool.query('select from frozen_user where user_id = $1', [whom.user])
    const steps = await stepsOf(ledger, whom, frozen)
    // What a crash has left half done is done now.
    if ((rowCount === 1) === frozen && steps.length === 0) return false
    // The row first: whatever fails on the way to freezing leaves somebody frozen, never the other way round.
    if (frozen)
      await pool.query(
        'insert into frozen_user(user_id, tenant, by_user, at_ms) values ($1, $2, $3, $4) on conflict do nothing',
        [whom.user, whom.tenant, by.user, clock()],
      )
    const act = {
      action: frozen ? FREEZE : FREE,
      object: `user:${whom.user}`,
      before: { frozen: !frozen },
      after: { frozen },
    }
    if (!frozen) await pool.query('delete from frozen_user where user_id = $1', [whom.user])
    await this.#commit(whom, steps, acted({ by: { ...by, tenant: whom.tenant }, ...act }))
    return true
  }

  /** Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#unsubscribe()
    await this.#working
  }

  async #load(): Promise<void> {
    const { rows } = await this.#parts.pool.query<{ user_id: string }>('select user_id from frozen_user')
    for (const { user_id } of rows) this.#frozen.add(user_id)
  }

  #follow(events: readonly CommittedEvent[]): void {
    for (const event of events) {
      const { type, tenant, payload } = event
      const object = type === 'staff.acted' ? /^user:(.+)$/.exec(String(payload['object']))?.[1] : undefined
      if (object !== undefined && payload['action'] === FREEZE) this.#frozen.add(object)
      if (object !== undefined && payload['action'] === FREE) this.#frozen.delete(object)
      if (this.#frozen.size === 0) continue
      for (const user of usersOf(event)) if (this.#frozen.has(user)) this.#again({ tenant, user })
    }
  }

  #again(whom: Whom): void {
    this.#working = this.#working.then(() => this.#freezeMore(whom)).catch(this.#parts.failed)
  }

  /** Freezes what is not: several nodes may do so at once, which changes nothing. */
  async #freezeMore(whom: Whom): Promise<void> {
    const { pool, ledger } = this.#parts
    const { rowCount } = await pool.query('select from frozen_user where user_id = $1', [whom.user])
    const steps = rowCount === 1 ? await stepsOf(ledger, whom, true) : []
    if (steps.length > 0) await this.#commit(whom, steps, { type: 'account.frozen', payload: { user: whom.user } })
  }

  async #commit({ tenant, user }: Whom, freezes: readonly FreezeStep[], event: EventDraft): Promise<void> {
    const { ledger, clock } = this.#parts
    const request = digestOf({ freeze: user, steps: freezes.map(({ asset, frozen }) => [asset, frozen]) })
    await commitSurely(ledger, {
      id: uuidv7(clock()),
      kind: 'user.freeze',
      tenant,
      request,
      transfers: [],
      freezes,
      events: [event],
    })
  }
}

/** Whom an event may have brought something: the user it concerns, those who bought and sold, those who sat in a battle. */
function usersOf({ user, payload }: CommittedEvent): ReadonlySet<string> {
  const seats: readonly unknown[] = Array.isArray(payload['seats']) ? payload['seats'] : []
  const named = ['user', 'buyer', 'seller', 'from', 'to'].map((field) => payload[field])
  const all = [user, ...named, ...seats.map((seat) => (seat as Readonly<{ user?: unknown }> | null)?.user)]
  return new Set(all.filter((each) => typeof each === 'string'))
}

/** What is owed of stays frozen until it is paid. */
async function stepsOf(
  { reader }: Pick<Ledger, 'reader'>,
  { tenant, user }: Whom,
  frozen: boolean,
): Promise<FreezeStep[]> {
  const owner = userOwner(user)
  const [balances, debts] = await Promise.all([
    reader.balances(tenant, owner),
    reader.balances(tenant, debtOwner(user)),
  ])
  const owed = new Set(debts.flatMap(({ asset, balance }) => (balance < 0n ? [asset] : [])))
  return balances.flatMap(({ asset, frozen: now }) =>
    now === frozen || (!frozen && owed.has(asset)) ? [] : [{ owner, asset, frozen }],
  )
}
