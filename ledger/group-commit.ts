import { RollingDropError } from '../schema/errors.ts'
import type { Outcome, Receipt } from '../schema/outcome.ts'
import { balancesAfter, decide, type Decided, type Decision } from './decide.ts'
import { callerOf, FairQueue } from './fair-queue.ts'
import { needsOf } from './needs.ts'
import { StoreError, type Store, type StoreLane, type Written } from './store.ts'

export type GroupCommitLimits = Readonly<{
  lanes: number
  batch_outcomes_max: number
  batch_bytes_max: number
  queue_outcomes_max: number
  queue_bytes_max: number
  /** How long an outcome is tried while the store is away before its caller is told `ledger/unavailable`. */
  give_up_ms: number
}>

type Pending = Readonly<{
  outcome: Outcome
  bytes: number
  give_up_at: number
  resolve(receipt: Receipt): void
  reject(error: RollingDropError): void
}>

/** Tries at a batch that keeps colliding with other writers before the collision is taken for good. */
const COLLISIONS_MAX = 5
const REOPEN_MS = 50

/** How a ledger waits and measures waiting, so that a simulator can drive it. */
export type Pace = Readonly<{
  /** Ms from any beginning; never goes back. */
  now_ms(): number
  wait(wait_ms: number): Promise<void>
}>

const wallPace: Pace = {
  now_ms: () => performance.now(),
  wait: (wait_ms) => new Promise((resolve) => setTimeout(resolve, wait_ms)),
}

/** What committed, in order of seq, for those who follow the ledger in this process. */
export type Committed = Readonly<{ accepted: readonly Decided[]; written: Written }>

/**
 * Group commit: while a lane's batch is at the store, new outcomes queue; when the answer comes, all that wait (up to a limit)
 * go as its next batch. No timer: an outcome alone goes at once.
 *
 *     queued ──take──▶ in a batch ──decided──▶ refused | replayed | written ──▶ receipt
 *                          ▲  └─ lost connection, lost race: the same batch again (ids settle what had committed)
 *                          └──── poisoned: halves, until the one outcome the store refuses stands alone
 */
export class GroupCommit {
  readonly #store: Store
  readonly #limits: GroupCommitLimits
  readonly #committed: (committed: Committed) => void
  readonly #pace: Pace
  readonly #queue = new FairQueue<Pending>()
  readonly #busy = new Set<string>()
  readonly #idle: (StoreLane | undefined)[] = []
  #running = 0
  #woken = false
  #closing: (() => void) | undefined
  #closed = false

  constructor(store: Store, limits: GroupCommitLimits, committed: (committed: Committed) => void, pace = wallPace) {
    this.#store = store
    this.#limits = limits
    this.#committed = committed
    this.#pace = pace
    for (let i = 0; i < limits.lanes; i++) this.#idle.push(undefined)
  }

  /** See `Ledger.commit`. */
  submit(outcome: Outcome): Promise<Receipt> {
    const bytes = weigh(outcome)
    const { queue_outcomes_max, queue_bytes_max, give_up_ms } = this.#limits
    if (this.#closed) return Promise.reject(new RollingDropError('ledger/unavailable'))
    if (this.#queue.count >= queue_outcomes_max || this.#queue.bytes + bytes > queue_bytes_max)
      return Promise.reject(new RollingDropError('ledger/overloaded'))
    return new Promise((resolve, reject) => {
      this.#queue.push({ outcome, bytes, give_up_at: this.#pace.now_ms() + give_up_ms, resolve, reject })
      this.#wake()
    })
  }

  /** Outcomes that wait for a batch. */
  get waiting(): number {
    return this.#queue.count
  }

  /** Lets everything that waits commit, then closes the lanes. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#running > 0 || this.#queue.count > 0) await new Promise<void>((done) => (this.#closing = done))
    await Promise.all(this.#idle.map(async (lane) => lane?.close()))
  }

  /** Everything submitted in the same turn of the event loop goes together. */
  #wake(): void {
    if (this.#woken) return
    this.#woken = true
    queueMicrotask(() => {
      this.#woken = false
      while (this.#idle.length > 0 && this.#startBatch());
    })
  }

  #startBatch(): boolean {
    const { batch_outcomes_max, batch_bytes_max } = this.#limits
    const batch = this.#queue.take({ outcomes: batch_outcomes_max, bytes: batch_bytes_max }, this.#busy)
    if (batch.length === 0) return false
    const callers = batch.map(({ outcome }) => callerOf(outcome))
    for (const caller of callers) this.#busy.add(caller)
    this.#running += 1
    void this.#finishBatch(batch, callers)
    return true
  }

  async #finishBatch(batch: readonly Pending[], callers: readonly string[]): Promise<void> {
    this.#idle.unshift(await this.#runBatch(this.#idle.shift(), batch))
    this.#running -= 1
    for (const caller of callers) this.#busy.delete(caller)
    if (this.#running === 0 && this.#queue.count === 0) this.#closing?.()
    this.#wake()
  }

  /** Settles every outcome of the batch one way or the other. Returns the lane, or undefined when it must be opened anew. */
  async #runBatch(lane: StoreLane | undefined, batch: readonly Pending[]): Promise<StoreLane | undefined> {
    let open = lane
    for (let tries = 1; ; tries++) {
      const waiting = giveUp(batch, this.#pace.now_ms())
      if (waiting.length === 0) return open
      try {
        open ??= await this.#store.open()
        await this.#commit(open, waiting)
        return open
      } catch (error) {
        if (!(error instanceof StoreError)) return await failAll(open, waiting, error)
        if (error.reason === 'poisoned' || (error.reason === 'collided' && tries >= COLLISIONS_MAX))
          return await this.#split(open, waiting, error)
        if (error.reason === 'lost') open = await this.#reopenLater(open)
      }
    }
  }

  async #split(
    lane: StoreLane | undefined,
    batch: readonly Pending[],
    error: StoreError,
  ): Promise<StoreLane | undefined> {
    if (batch.length === 1) {
      batch[0]!.reject(new RollingDropError('ledger/poisoned', undefined, error.cause))
      return lane
    }
    const middle = batch.length >> 1
    const after = await this.#runBatch(lane, batch.slice(0, middle))
    return await this.#runBatch(after, batch.slice(middle))
  }

  /** A lane whose connection is gone is opened anew, after a moment for the database to come back. */
  async #reopenLater(lane: StoreLane | undefined): Promise<undefined> {
    await lane?.close()
    await this.#pace.wait(REOPEN_MS)
  }

  async #commit(lane: StoreLane, batch: readonly Pending[]): Promise<void> {
    const outcomes = batch.map(({ outcome }) => outcome)
    const wide = new Set<string>()
    for (;;) {
      const book = await lane.load(needsOf(outcomes, lane.stripe, wide))
      const { decisions, accepted, short } = decide(outcomes, book, lane.stripe)
      const missing = [...short].filter((key) => !wide.has(key))
      if (missing.length > 0) {
        await lane.abandon()
        for (const key of missing) wide.add(key)
        continue
      }
      if (accepted.length === 0) {
        await lane.abandon()
        answer(batch, decisions, new Map())
        return
      }
      const written = await lane.write(book, accepted)
      answer(batch, decisions, receiptsOf(accepted, written))
      this.#committed({ accepted, written })
      return
    }
  }
}

function receiptsOf(accepted: readonly Decided[], { base, at_ms }: Written): Map<string, Receipt> {
  const receipts = new Map<string, Receipt>()
  let last_seq = base
  for (const { outcome, transfers, events } of accepted) {
    const first_seq = last_seq + 1n
    last_seq += BigInt(events.length)
    const balances = balancesAfter(transfers)
    receipts.set(outcome.id, { id: outcome.id, first_seq, last_seq, at_ms, balances, replayed: false })
  }
  return receipts
}

function answer(
  batch: readonly Pending[],
  decisions: readonly Decision[],
  receipts: ReadonlyMap<string, Receipt>,
): void {
  batch.forEach(({ resolve, reject }, i) => {
    const decision = decisions[i]!
    switch (decision.type) {
      case 'accepted':
        return resolve(receipts.get(decision.outcome.id)!)
      case 'repeated':
        return resolve({ ...receipts.get(decision.of)!, replayed: true })
      case 'replayed':
        return resolve(decision.receipt)
      case 'refused':
        return reject(new RollingDropError(decision.refusal.code, decision.refusal.details))
      default:
        return decision satisfies never
    }
  })
}

/** Tells those whose time is up that their outcome is in doubt, and returns the others. */
function giveUp(batch: readonly Pending[], now: number): readonly Pending[] {
  return batch.filter(({ give_up_at, reject }) => {
    if (give_up_at > now) return true
    reject(new RollingDropError('ledger/unavailable'))
    return false
  })
}

/** A bug in deciding must not leave callers waiting for ever; the state of the lane's transaction is unknown, so it goes. */
async function failAll(lane: StoreLane | undefined, batch: readonly Pending[], error: unknown): Promise<undefined> {
  for (const { reject } of batch) reject(new RollingDropError('server/internal', undefined, error))
  await lane?.close()
}

/** About how many bytes an outcome takes in memory and on the wire. */
function weigh({ transfers, holds, events, actor }: Outcome): number {
  const payloads = events.reduce((total, { payload }) => total + 150 + 40 * Object.keys(payload).length, 0)
  return 300 + 120 * (transfers.length + (holds?.length ?? 0)) + payloads + (actor?.state?.length ?? 0)
}
