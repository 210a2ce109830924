import { kindOf, type OwnerId } from '../schema/account.ts'
import { AMOUNT_MAX } from '../schema/amount.ts'
import { isAsset } from '../schema/asset.ts'
import type { ErrorCode } from '../schema/errors.ts'
import { eventTypes, type EventDraft } from '../schema/event.ts'
import type { HoldStep, Outcome, Transfer } from '../schema/outcome.ts'
import { isOutcomeId, timeOf } from '../schema/uuid.ts'

/** What one outcome may hold at most. */
export const LEGS_MAX = 2_000
export const EVENTS_MAX = 200
export const STATE_CHARS_MAX = 1 << 20

/** How far ahead of the batch's time an id's time may lie, in ms. */
export const ID_AHEAD_MS_MAX = 60_000

export type Refusal = Readonly<{ code: ErrorCode; details?: unknown }>

const invalid = (what: string): Refusal => ({ code: 'ledger/invalid', details: { what } })
const word = /^[a-z][a-z0-9._-]{0,63}$/
/** What JSON text never holds in the raw, and what parts fields on their way to the store. */
const control = /\p{Cc}/u
const name = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/

/** What is wrong with the shape of an outcome, looking at nothing but itself. Undefined: it is well formed. */
export function refusalOfShape(outcome: Outcome, now_ms: number): Refusal | undefined {
  if (!isOutcomeId(outcome.id)) return invalid('id')
  if (timeOf(outcome.id) > now_ms + ID_AHEAD_MS_MAX) return { code: 'ledger/too-far-ahead' }
  if (!/^[0-9a-f]{64}$/.test(outcome.request)) return invalid('request')
  if (!word.test(outcome.kind) || !word.test(outcome.tenant)) return invalid('kind or tenant')
  if (outcome.owner !== undefined && kindOf(outcome.owner) === undefined) return invalid('owner')
  if (outcome.events.length === 0 || outcome.events.length > EVENTS_MAX) return invalid('events')
  if (outcome.transfers.length + (outcome.holds?.length ?? 0) > LEGS_MAX) return invalid('too many legs')
  return (
    refusalOfActor(outcome) ??
    first(outcome.events, refusalOfEvent) ??
    first(outcome.transfers, refusalOfTransfer) ??
    first(outcome.holds ?? [], refusalOfHold) ??
    first(outcome.freezes ?? [], ({ owner, asset }) =>
      isPlainOwner(owner) && isAsset(asset) ? undefined : invalid('freeze'),
    )
  )
}

function refusalOfActor({ actor }: Outcome): Refusal | undefined {
  if (actor === undefined) return undefined
  if (!name.test(actor.id) || !word.test(actor.kind)) return invalid('actor')
  if (
    !Number.isSafeInteger(actor.epoch) ||
    !Number.isSafeInteger(actor.version) ||
    actor.epoch < 0 ||
    actor.version < 0
  )
    return invalid('actor version')
  if (typeof actor.wake_at_ms === 'number' && !isTime(actor.wake_at_ms)) return invalid('alarm')
  if (actor.state !== undefined && (actor.state.length > STATE_CHARS_MAX || control.test(actor.state)))
    return invalid('actor state')
  return undefined
}

function refusalOfEvent({ type, user }: EventDraft): Refusal | undefined {
  if (!Object.hasOwn(eventTypes, type)) return invalid('event type')
  return user === undefined || name.test(user) ? undefined : invalid('event user')
}

function refusalOfTransfer({ asset, debit, credit, amount }: Transfer): Refusal | undefined {
  if (amount <= 0n) return invalid('amount')
  if (amount > AMOUNT_MAX) return { code: 'ledger/overflow' }
  if (!isPlainOwner(debit) || !isPlainOwner(credit) || debit === credit) return invalid('owners of a transfer')
  return isAsset(asset) ? undefined : invalid('asset')
}

function refusalOfHold(step: HoldStep): Refusal | undefined {
  if (!isOutcomeId(step.hold)) return invalid('hold id')
  if (step.type === 'place') {
    if (step.expires_at_ms !== null && !isTime(step.expires_at_ms)) return invalid('expires_at_ms')
    return refusalOfTransfer(step)
  }
  if (step.type === 'post' && step.amount !== undefined && step.amount <= 0n) return invalid('posted amount')
  return undefined
}

/** Whether it is a time in whole unix ms that every store can keep. */
function isTime(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms >= 0
}

/** An owner that callers may name: of a known kind, and never a single stripe. */
function isPlainOwner(owner: OwnerId): boolean {
  return kindOf(owner) !== undefined
}

function first<T>(values: readonly T[], refuse: (value: T) => Refusal | undefined): Refusal | undefined {
  for (const value of values) {
    const refusal = refuse(value)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
