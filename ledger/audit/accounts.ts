import { kindOf, mayBeNegative } from '../../schema/account.ts'
import type { Row } from '../postgres/statement.ts'
import { CELL_TENANT, plainOwner } from '../book.ts'
import type { AuditLeg, AuditOutcome } from './chunk.ts'
import type { Finding } from './finding.ts'

/** An account while the audit walks: `balance` is what its last leg so far has left. */
export type AuditAccount = {
  readonly id: string
  readonly tenant: string
  readonly owner: string
  readonly asset: string
  readonly mayBeNegative: boolean
  balance: bigint
}

export type Accounts = Readonly<{ get(id: string): AuditAccount | undefined }>

/** From a row of `accounts`. Undefined when there is no such account, or its row does not say what its kind does. */
export function accountOf([id, tenant, owner, asset, marked, balance]: Row): AuditAccount | undefined {
  const kind = owner == null ? undefined : kindOf(plainOwner(owner))
  if (kind === undefined || (marked !== null && (marked === 't') !== mayBeNegative(kind))) return undefined
  return {
    id: id!,
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
  const at = { seq: String(leg.seq), outcome: outcome.id }
  if (debit === undefined || credit === undefined) {
    const account = debit === undefined ? leg.debit : leg.credit
    return { what: 'account/unknown', ...at, account, expected: 'an account that is what its name says', found: 'none' }
  }
  const amount = BigInt(leg.amount)
  if (amount <= 0n) return { what: 'transfer/amount', ...at, expected: 'more than 0', found: leg.amount }
  if (debit.asset !== credit.asset)
    return { what: 'transfer/asset', ...at, account: credit.owner, expected: debit.asset, found: credit.asset }
  if (leg.tenant !== outcome.tenant)
    return { what: 'transfer/tenant', ...at, expected: outcome.tenant, found: leg.tenant }
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
  { seq }: AuditLeg,
): Finding | undefined {
  const at = { seq: String(seq), outcome: outcome.id, account: `${account.owner} (${account.asset})` }
  if (account.tenant !== outcome.tenant && account.tenant !== CELL_TENANT)
    return { what: 'transfer/tenant', ...at, expected: outcome.tenant, found: account.tenant }
  if (expected.toString() !== found) return { what: 'transfer/balance', ...at, expected: expected.toString(), found }
  if (expected < 0n && !account.mayBeNegative)
    return { what: 'transfer/negative', ...at, expected: 'a balance of 0 or more', found }
  account.balance = expected
  return undefined
}
