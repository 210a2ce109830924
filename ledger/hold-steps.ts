import { AMOUNT_MAX } from '../schema/amount.ts'
import type { FreezeStep, HoldStep } from '../schema/outcome.ts'
import type { Hold } from './book.ts'
import { accountOf, refuseSpending, transferBetween, type Working } from './move.ts'
import type { Refusal } from './validate.ts'

/** Applies one hold step and notes it in the outcome's `steps`, or says what refuses it. */
export function applyHold(working: Working, step: HoldStep): Refusal | undefined {
  if (step.type === 'place') return place(working, step)
  const hold = working.book.holds.get(step.hold)
  if (hold === undefined || hold.closed !== undefined || hold.tenant !== working.outcome.tenant)
    return { code: 'ledger/hold-gone' }
  switch (step.type) {
    case 'post':
      return post(working, hold, step.amount ?? hold.amount)
    case 'void':
      release(working, hold, 'voided', 0n)
      return undefined
    case 'expire':
      if (hold.expires_at_ms === null || hold.expires_at_ms > working.book.now_ms)
        return { code: 'ledger/invalid', details: { what: 'the hold has not lapsed' } }
      release(working, hold, 'expired', 0n)
      return undefined
    default:
      return step satisfies never
  }
}

function place(working: Working, step: Extract<HoldStep, { type: 'place' }>): Refusal | undefined {
  const { book, journal, outcome } = working
  if (book.holds.has(step.hold) || book.used.has(step.hold))
    return { code: 'ledger/conflict', details: { hold: step.hold } }
  if (step.expires_at_ms !== null && step.expires_at_ms <= book.now_ms)
    return { code: 'ledger/invalid', details: { what: 'the hold would have lapsed already' } }
  const debit = accountOf(working, step.debit, step.asset)
  const credit = accountOf(working, step.credit, step.asset)
  const refusal = refuseSpending(working, debit, step.amount)
  if (refusal !== undefined) return refusal
  if (debit.held + step.amount > AMOUNT_MAX) return { code: 'ledger/overflow' }
  journal.account(debit)
  debit.held += step.amount
  debit.changes += 1
  if (credit.isNew && credit.changes === 0) {
    // Opened now, so that there is an account to post to.
    journal.account(credit)
    credit.changes += 1
  }
  journal.newHold({
    id: step.hold,
    tenant: outcome.tenant,
    debit,
    credit,
    amount: step.amount,
    expires_at_ms: step.expires_at_ms,
    placedBy: outcome.id,
    isNew: true,
    closed: undefined,
  })
  working.steps.push(
    `place\t${step.hold}\t${debit.owner}\t${credit.owner}\t${step.asset}\t${step.amount}\t${step.expires_at_ms ?? '-'}`,
  )
  return undefined
}

function post(working: Working, hold: Hold, amount: bigint): Refusal | undefined {
  if (hold.credit === undefined || hold.credit.closed) return { code: 'ledger/hold-gone' }
  if (amount > hold.amount) return { code: 'ledger/hold-exceeded' }
  if (hold.debit.frozen) return { code: 'ledger/frozen', details: { owner: hold.debit.owner, asset: hold.debit.asset } }
  release(working, hold, 'posted', amount)
  return transferBetween(working, hold.debit, hold.credit, amount, hold.id)
}

function release(working: Working, hold: Hold, how: 'posted' | 'voided' | 'expired', posted: bigint): void {
  const { journal, outcome } = working
  journal.hold(hold)
  journal.account(hold.debit)
  hold.closed = { by: outcome.id, how, posted }
  hold.debit.held -= hold.amount
  hold.debit.changes += 1
  working.steps.push(`${how}\t${hold.id}\t${posted}`)
}

/** Freezes an account or frees it; noted in the outcome's `steps`. */
export function applyFreeze(working: Working, { owner, asset, frozen }: FreezeStep): Refusal | undefined {
  const account = accountOf(working, owner, asset)
  if (account.owner.includes('#'))
    return { code: 'ledger/invalid', details: { what: 'a striped account cannot be frozen' } }
  working.journal.account(account)
  account.frozen = frozen
  account.changes += 1
  account.closed = false
  working.steps.push(`${frozen ? 'freeze' : 'unfreeze'}\t${account.owner}\t${account.asset}`)
  return undefined
}
