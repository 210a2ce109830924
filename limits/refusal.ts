import { RollingDropError, toRollingDropError } from '../schema/errors.ts'

/** The budget that the ledger found too small; undefined when it refused for another reason. */
function lackingBudget(cause: unknown): string | undefined {
  const { code, details } = toRollingDropError(cause)
  if (code !== 'ledger/insufficient') return undefined
  const { owner } = details as Readonly<{ owner?: unknown }>
  return typeof owner === 'string' && owner.startsWith('budget:') ? owner : undefined
}

/** Whether the ledger refused because a budget is used up. */
export function isOverBudget(cause: unknown): boolean {
  return lackingBudget(cause) !== undefined
}

/** What is told of a refusal: a budget that is used up is a limit, not a want of money. Anything else is left as it is. */
export function limitRefusal(cause: unknown): unknown {
  const owner = lackingBudget(cause)
  if (owner === undefined) return cause
  if (owner.startsWith('budget:session:')) return new RollingDropError('limit/session', undefined, cause)
  const limit = owner.startsWith('budget:deposit:') ? 'deposit' : 'loss'
  return new RollingDropError('limit/exceeded', { limit }, cause)
}
