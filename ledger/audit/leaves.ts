import { leafHash, leafSalt, leafText } from '../leaf.ts'
import type { Accounts } from './accounts.ts'
import type { AuditEvent, AuditLeg, AuditOutcome } from './chunk.ts'

/** An outcome's text, derived again from what is stored of it. `accounts` has every account of its legs. */
export function textOf(
  outcome: AuditOutcome,
  legs: readonly AuditLeg[],
  events: readonly AuditEvent[],
  accounts: Accounts,
): string {
  const transfers = legs.map(({ debit, credit, amount, debit_after, credit_after, hold }) => {
    const { owner, asset } = accounts.get(debit)!
    return { debit: owner, credit: accounts.get(credit)!.owner, asset, amount, debit_after, credit_after, hold }
  })
  return leafText({ ...outcome, transfers, events })
}

export function leafOf(batchSalt: Buffer, outcome: AuditOutcome, text: string): Buffer {
  return leafHash(leafSalt(batchSalt, outcome.id), text)
}
