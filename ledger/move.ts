import type { OwnerId } from '../schema/account.ts'
import { AMOUNT_MAX } from '../schema/amount.ts'
import type { AssetId } from '../schema/asset.ts'
import type { Outcome } from '../schema/outcome.ts'
import type { OutcomeId } from '../schema/uuid.ts'
import { accountKey, hasStripes, stripeOwner, type Account, type Book } from './book.ts'
import type { Journal } from './journal.ts'
import type { Refusal } from './validate.ts'

/** One leg as it was decided, with both balances after it. */
export type DecidedTransfer = Readonly<{
  debit: Account
  credit: Account
  amount: bigint
  debit_after: bigint
  credit_after: bigint
  hold: OutcomeId | undefined
}>

/** One outcome while it is being applied. */
export type Working = Readonly<{
  book: Book
  journal: Journal
  outcome: Outcome
  stripe: number
  short: Set<string>
  transfers: DecidedTransfer[]
  steps: string[]
  touched: Set<Account>
}>

/** The account an outcome means by `owner`: of a striped owner the writer's own stripe. */
export function accountOf({ book, outcome, stripe }: Working, owner: OwnerId, asset: AssetId): Account {
  const named = hasStripes(owner) ? stripeOwner(owner, stripe) : owner
  const account = book.accounts.get(accountKey(outcome.tenant, named, asset))
  if (account === undefined) throw new Error(`account of ${named} was not loaded with its batch`)
  return account
}

/** Moves an amount between two owners, or says why not. */
export function move(
  working: Working,
  { asset, debit, credit, amount }: Readonly<{ asset: AssetId; debit: OwnerId; credit: OwnerId; amount: bigint }>,
  hold: OutcomeId | undefined,
): Refusal | undefined {
  const from = accountOf(working, debit, asset)
  return (
    refuseSpending(working, from, amount) ??
    transferBetween(working, from, accountOf(working, credit, asset), amount, hold)
  )
}

/**
 * Why `amount` may not leave `account`. A short stripe first draws on the other stripes of its owner; when they are not
 * loaded, it is noted in `short` and the batch is decided again with them.
 */
export function refuseSpending(working: Working, account: Account, amount: bigint): Refusal | undefined {
  if (account.frozen) return { code: 'ledger/frozen', details: { owner: account.owner, asset: account.asset } }
  if (account.may_be_negative || account.balance - account.held >= amount) return undefined
  if (account.owner.includes('#')) drawOnStripes(working, account, amount)
  if (account.balance - account.held >= amount) return undefined
  return {
    code: 'ledger/insufficient',
    details: { owner: account.owner, asset: account.asset, needed: amount.toString() },
  }
}

/** Moves an amount between two accounts whose debit side has been found able to pay. */
export function transferBetween(
  working: Working,
  from: Account,
  to: Account,
  amount: bigint,
  hold: OutcomeId | undefined,
): Refusal | undefined {
  if (from.balance - amount < -AMOUNT_MAX || to.balance + amount > AMOUNT_MAX) return { code: 'ledger/overflow' }
  change(working, from, -amount)
  change(working, to, amount)
  working.transfers.push({ debit: from, credit: to, amount, debit_after: from.balance, credit_after: to.balance, hold })
  return undefined
}

function change({ journal, touched }: Working, account: Account, by: bigint): void {
  journal.account(account)
  touched.add(account)
  account.balance += by
  account.changes += 1
  account.closed = false
}

/** Brings to a short stripe what it needs and a fair share of the rest, so that the next batch is not short again. */
function drawOnStripes(working: Working, own: Account, amount: bigint): void {
  const plain = accountKey(own.tenant, own.owner.slice(0, own.owner.indexOf('#')), own.asset)
  const stripes = working.book.stripes.get(plain)
  if (stripes === undefined) {
    working.short.add(plain)
    return
  }
  const others = stripes.filter((each) => each !== own && !each.frozen && each.balance > each.held)
  const free = others.reduce((total, each) => total + each.balance - each.held, own.balance - own.held)
  if (free < amount) return
  let wanted = amount - (own.balance - own.held) + (free - amount) / BigInt(others.length + 1)
  for (const other of others.toSorted((a, b) => Number(b.balance - b.held - (a.balance - a.held)))) {
    const part = min(wanted, other.balance - other.held)
    if (part <= 0n) continue
    transferBetween(working, other, own, part, undefined)
    wanted -= part
  }
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
