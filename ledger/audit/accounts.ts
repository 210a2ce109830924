import { kindOf, mayBeNegative } from '../../schema/account.ts'
import type { Row } from '../postgres/statement.ts'
import { CELL_TENANT, plainOwner } from '../book.ts'
import type { AuditLeg, AuditOutcome } from './chunk.ts'
import type { Finding } from './finding.ts'

/** An account while the audit walks: `balance` is what its last leg so far has left. */
export type AuditAccount = {
  readonly id: number
  readonly tenant: string
  readonly owner: string
  readonly asset: string
  readonly mayBeNegative: boolean
  balance: bigint
}

export type Accounts = Readonly<{ get(id: number): AuditAccount | undefined }>

/** From a row of `accounts`. Undefined when there is no such account, or its row does not say what its kind does. */
export function accountOf([id, tenant, owner, asset, marked, balance]: Row): AuditAccount | undefined {
  const kind = owner == null ? undefined : kindOf(plainOwner(owner))
  if (kind === undefined || (marked !== null && (marked === 't') !== mayBeNegative(kind))) return undefined
  return {
    id: Number(id),
    tenant: tenant!,
    owner: owner!,
    asset: asset!,
    mayBeNegative: mayBeNegative(kind),
    balance: BigInt(balance!),
  }
}

/** Checks one leg against the balances that the legs before it left, and moves them on. */
export function checkLeg(leg: AuditLeg, outcome: AuditOutcome, accounts: Accounts): Finding | undefined {
  const debit = accounts.get(leg.debit)
  const credit = accounts.get(leg.credit)
  if (debit === undefined || credit === undefined) {
    const account = debit === undefined ? leg.debit : leg.credit
    return wrong('account/unknown', leg, outcome, `${account}`, 'an account that is what its name says', 'none')
  }
  const amount = BigInt(leg.amount)
  if (amount <= 0n) return wrong('transfer/amount', leg, outcome, debit, 'more than 0', leg.amount)
  if (debit.asset !== credit.asset) return wrong('transfer/asset', leg, outcome, credit, debit.asset, credit.asset)
  if (leg.tenant !== outcome.tenant) return wrong('transfer/tenant', leg, outcome, debit, outcome.tenant, leg.tenant)
  return (
    checkSide(debit, debit.balance - amount, leg.debit_after, outcome, leg) ??
    checkSide(credit, credit.balance + amount, leg.credit_after, outcome, leg)
  )
}

function checkSide(
  account: AuditAccount,
  expected: bigint,
  found: string,
  outcome: AuditOutcome,
  leg: AuditLeg,
): Finding | undefined {
  if (account.tenant !== outcome.tenant && account.tenant !== CELL_TENANT)
    return wrong('transfer/tenant', leg, outcome, account, outcome.tenant, account.tenant)
  if (expected.toString() !== found) return wrong('transfer/balance', leg, outcome, account, expected.toString(), found)
  if (expected < 0n && !account.mayBeNegative)
    return wrong('transfer/negative', leg, outcome, account, 'a balance of 0 or more', found)
  account.balance = expected
  return undefined
}

function wrong(
  what: Finding['what'],
  { seq }: AuditLeg,
  { id }: AuditOutcome,
  account: AuditAccount | string,
  expected: string,
  found: string,
): Finding {
  const name = typeof account === 'string' ? account : `${account.owner} (${account.asset})`
  return { what, seq: String(seq), outcome: id, account: name, expected, found }
}
