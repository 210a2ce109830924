import { audienceOf } from '../schema/event.ts'
import { toJson } from '../schema/json.ts'
import type { ActorStep, Outcome, Receipt } from '../schema/outcome.ts'
import type { OutcomeId } from '../schema/uuid.ts'
import { accountKey, plainOwner, type Account, type Book } from './book.ts'
import { expiryOutcome } from './expiry.ts'
import { applyFreeze, applyHold } from './hold-steps.ts'
import { Journal } from './journal.ts'
import type { LeafEvent } from './leaf.ts'
import { move, type DecidedTransfer, type Working } from './move.ts'
import { refusalOfShape, type Refusal } from './validate.ts'

/** What became of one outcome of a batch. `receipt.balances` of an accepted one follow from its transfers. */
export type Decision =
  | Readonly<{ type: 'accepted'; outcome: Outcome; decided: Decided }>
  | Readonly<{ type: 'replayed'; receipt: Receipt }>
  /** The same outcome stands earlier in this batch: it gets that one's receipt. */
  | Readonly<{ type: 'repeated'; of: OutcomeId }>
  | Readonly<{ type: 'refused'; refusal: Refusal }>

/** An accepted outcome with everything the store writes of it, except its seq. */
export type Decided = Readonly<{
  outcome: Outcome
  transfers: readonly DecidedTransfer[]
  /** The hold and freeze steps as text, one a line. */
  steps: string | undefined
  events: readonly LeafEvent[]
  /** As the commit leaves it. */
  actor: Readonly<{ id: string; epoch: number; version: number }> | undefined
}>

export type Verdict = Readonly<{
  /** One for each outcome, in order. */
  decisions: readonly Decision[]
  /** All that is to be written, in order: lapsed holds first, then the accepted outcomes. */
  accepted: readonly Decided[]
  /** Striped accounts whose own stripe was short: load all their stripes and decide again. */
  short: ReadonlySet<string>
}>

/**
 * Decides a batch, in order, each outcome against the balances as they stand after the ones before it. Changes `book` in
 * place; a refused outcome leaves no trace in it. Looks at nothing but its arguments.
 */
export function decide(outcomes: readonly Outcome[], book: Book, stripe: number): Verdict {
  const short = new Set<string>()
  const journal = new Journal(book)
  const accepted: Decided[] = []
  const here = new Map<string, Outcome>()

  const attempt = (outcome: Outcome): Refusal | undefined => {
    const working: Working = { book, journal, outcome, stripe, short, transfers: [], steps: [], touched: new Set() }
    const result = apply(working)
    if ('code' in result) {
      journal.restore()
      return result
    }
    journal.clear()
    accepted.push(result)
    here.set(outcome.id, outcome)
    return undefined
  }

  for (const hold of book.holds.values())
    if (hold.expires_at_ms !== null && hold.expires_at_ms <= book.now_ms) attempt(expiryOutcome(hold))

  const decisions = outcomes.map((outcome): Decision => {
    const earlier = here.get(outcome.id)
    if (earlier !== undefined)
      return earlier.request === outcome.request
        ? { type: 'repeated', of: outcome.id }
        : { type: 'refused', refusal: { code: 'ledger/conflict' } }
    const seen = book.seen.get(outcome.id)
    if (seen !== undefined) {
      if (seen.request !== outcome.request) return { type: 'refused', refusal: { code: 'ledger/conflict' } }
      const { first_seq, last_seq, at_ms, balances } = seen
      return { type: 'replayed', receipt: { id: outcome.id, first_seq, last_seq, at_ms, balances, replayed: true } }
    }
    const refusal = attempt(outcome)
    if (refusal !== undefined) return { type: 'refused', refusal }
    return { type: 'accepted', outcome, decided: accepted.at(-1)! }
  })
  return { decisions, accepted, short }
}

/** Applies every step of one outcome to the book, or says what refuses it. */
function apply(working: Working): Decided | Refusal {
  const { outcome, book } = working
  const freezes = outcome.freezes ?? []
  const refusal =
    refusalOfShape(outcome, book.now_ms) ??
    stepActor(working) ??
    each(
      freezes.filter(({ frozen }) => !frozen),
      (step) => applyFreeze(working, step),
    ) ??
    each(outcome.transfers, (transfer) => move(working, transfer, undefined)) ??
    each(outcome.holds ?? [], (step) => applyHold(working, step)) ??
    each(
      freezes.filter(({ frozen }) => frozen),
      (step) => applyFreeze(working, step),
    )
  if (refusal !== undefined) return refusal
  if (outcome.actor?.finished === true) closeEscrows(working)
  const actor = outcome.actor === undefined ? undefined : book.actors.get(outcome.actor.id)!
  return {
    outcome,
    transfers: working.transfers,
    steps: working.steps.length === 0 ? undefined : working.steps.join('\n'),
    events: outcome.events.map((draft) => ({
      type: draft.type,
      audience: audienceOf(draft),
      user: draft.user,
      payload: toJson(draft.payload),
    })),
    actor: actor === undefined ? undefined : { id: actor.id, epoch: actor.epoch, version: actor.version },
  }
}

function each<T>(steps: readonly T[], apply: (step: T) => Refusal | undefined): Refusal | undefined {
  for (const step of steps) {
    const refusal = apply(step)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** The fence: the writer must have seen the actor's last epoch and version. Epoch 0 with version 0 creates it. */
function stepActor({ book, journal, outcome }: Working): Refusal | undefined {
  const step = outcome.actor
  if (step === undefined) return undefined
  const actor = book.actors.get(step.id)
  if (step.epoch === 0 && step.version === 0) {
    if (actor !== undefined || book.used.has(step.id)) return { code: 'ledger/fenced' }
    if (step.state === undefined) return { code: 'ledger/invalid', details: { what: 'a new actor needs a state' } }
    journal.newActor(newActor(outcome, step))
    return undefined
  }
  if (actor === undefined || actor.finished || actor.tenant !== outcome.tenant) return { code: 'ledger/fenced' }
  if (actor.epoch !== step.epoch || actor.version !== step.version) return { code: 'ledger/fenced' }
  journal.actor(actor)
  actor.version += 1
  actor.changes += 1
  if (step.state !== undefined) actor.state = step.state
  if (step.wake_at_ms !== undefined) actor.wake_at_ms = step.wake_at_ms
  if (step.finished === true) actor.finished = true
  return undefined
}

function newActor(outcome: Outcome, step: ActorStep) {
  const { tenant } = outcome
  const { id, kind, state, wake_at_ms = null, finished = false } = step
  return { id, tenant, kind, isNew: true, epoch: 0, version: 1, state, wake_at_ms, finished, changes: 1 }
}

/** An actor that ends leaves its emptied escrows behind: they need not stay among the hot accounts. */
function closeEscrows({ touched, journal }: Working): void {
  for (const account of touched) {
    if (account.kind !== 'escrow' || account.balance !== 0n || account.held !== 0n) continue
    journal.account(account)
    account.closed = true
  }
}

/** The balances an outcome left behind, from its transfers alone: what its receipt says, today and on every replay. */
export function balancesAfter(
  transfers: readonly Readonly<{ debit: Named; credit: Named; debit_after: bigint; credit_after: bigint }>[],
): Receipt['balances'] {
  const last = new Map<string, Receipt['balances'][number]>()
  for (const { debit, credit, debit_after, credit_after } of transfers) {
    note(debit, debit_after)
    note(credit, credit_after)
  }
  function note({ tenant, owner, asset }: Named, balance: bigint): void {
    if (isPrivate(owner)) last.set(accountKey(tenant, owner, asset), { owner, asset, balance })
  }
  return [...last.values()]
}
/** Whether a receipt may tell of it: not of the stripes of hot accounts, nor of what stands between tenants. */
function isPrivate(owner: string): boolean {
  return plainOwner(owner) === owner && !owner.startsWith('settlement:')
}
type Named = Pick<Account, 'tenant' | 'owner' | 'asset'>
