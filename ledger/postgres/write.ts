import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import type { Account, Actor, Book, Hold } from '../book.ts'
import type { Decided } from '../decide.ts'
import { leafHash, leafSalt, leafText, merkleRoot } from '../leaf.ts'
import type { Written } from '../store.ts'
import { list, run, statement, texts } from './statement.ts'

const writeBatch = statement('write-batch')
const openAccounts = statement('open-accounts')
const openClosedAccounts = statement('open-closed-accounts')
const updateAccounts = statement('update-accounts')
const closeAccounts = statement('close-accounts')
const createActors = statement('create-actors')
const createFinishedActors = statement('create-finished-actors')
const updateActors = statement('update-actors')
const finishActors = statement('finish-actors')
const placeHolds = statement('place-holds')
const closeHolds = statement('close-holds')

/**
 * Writes what a decided book has become and commits, in one round trip: accounts, actors and holds first, each kind in the
 * order of its ids, and last the statement that takes the head.
 */
export async function writeBook(client: pg.Client, book: Book, accepted: readonly Decided[]): Promise<Written> {
  const sent = [
    ...writeAccounts(
      client,
      [...book.accounts.values()].filter((account) => account.changes > 0),
    ),
    ...writeActors(
      client,
      [...book.actors.values()].filter((actor) => actor.changes > 0),
    ),
    ...writeHolds(client, [...book.holds.values()]),
  ]
  const batch = run(client, writeBatch, batchValues(book, accepted))
  const [[row]] = await Promise.all([batch, client.query('commit'), ...sent])
  const [last, base, at_ms] = row!
  return { base: BigInt(base!), last: BigInt(last!), at_ms: Number(at_ms) }
}

type Sent = Promise<unknown>[]

function writeAccounts(client: pg.Client, changed: readonly Account[]): Sent {
  const fresh = changed.filter(({ isNew, closed }) => isNew && !closed)
  const freshClosed = changed.filter(({ isNew, closed }) => isNew && closed)
  const updated = changed.filter(({ isNew, closed }) => !isNew && !closed)
  const closed = changed.filter(({ isNew, closed }) => !isNew && closed)
  const sent: Sent = []
  if (fresh.length > 0) sent.push(run(client, openAccounts, openingValues(fresh)))
  if (freshClosed.length > 0)
    sent.push(
      run(client, openClosedAccounts, [
        ids(freshClosed),
        ...namesOf(freshClosed),
        list(freshClosed.map(({ changes }) => changes)),
      ]),
    )
  if (updated.length > 0)
    sent.push(
      run(client, updateAccounts, [
        ids(updated),
        list(updated.map(({ balance }) => balance)),
        list(updated.map(({ held }) => held)),
        list(updated.map(({ frozen }) => frozen)),
        list(updated.map(({ changes }) => changes)),
      ]),
    )
  if (closed.length > 0) sent.push(run(client, closeAccounts, [ids(closed)]))
  return sent
}

const ids = (accounts: readonly Account[]): string => list(accounts.map(({ id }) => id))

function namesOf(accounts: readonly Account[]): (string | null)[] {
  return [
    texts(accounts.map(({ tenant }) => tenant)),
    texts(accounts.map(({ owner }) => owner)),
    texts(accounts.map(({ asset }) => asset)),
  ]
}

/** In the order of names, so that two writers who open the same accounts wait for each other and never in a circle. */
function openingValues(fresh: readonly Account[]): unknown[] {
  const accounts = fresh.toSorted((a, b) => (a.tenant + a.owner + a.asset < b.tenant + b.owner + b.asset ? -1 : 1))
  return [
    ids(accounts),
    ...namesOf(accounts),
    list(accounts.map(({ balance }) => balance)),
    list(accounts.map(({ held }) => held)),
    list(accounts.map(({ changes }) => changes)),
    list(accounts.map(({ frozen }) => frozen)),
    list(accounts.map(({ may_be_negative }) => may_be_negative)),
  ]
}

function writeActors(client: pg.Client, changed: readonly Actor[]): Sent {
  const actors = changed.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const sent: Sent = []
  const fresh = actors.filter(({ isNew, finished }) => isNew && !finished)
  if (fresh.length > 0)
    sent.push(
      run(client, createActors, [...actorNames(fresh), list(fresh.map(({ wake_at_ms }) => wake_at_ms ?? null))]),
    )
  const freshFinished = actors.filter(({ isNew, finished }) => isNew && finished)
  if (freshFinished.length > 0) sent.push(run(client, createFinishedActors, actorNames(freshFinished)))
  const updated = actors.filter(({ isNew, finished }) => !isNew && !finished)
  if (updated.length > 0)
    sent.push(
      run(client, updateActors, [
        ...actorStates(updated),
        list(updated.map(({ wake_at_ms }) => wake_at_ms === undefined)),
        list(updated.map(({ wake_at_ms }) => wake_at_ms ?? null)),
      ]),
    )
  const finished = actors.filter(({ isNew, finished }) => !isNew && finished)
  if (finished.length > 0) sent.push(run(client, finishActors, actorStates(finished)))
  return sent
}

function actorNames(actors: readonly Actor[]): (string | null)[] {
  return [
    texts(actors.map(({ id }) => id)),
    texts(actors.map(({ tenant }) => tenant)),
    texts(actors.map(({ kind }) => kind)),
    list(actors.map(({ version }) => version)),
    texts(actors.map(({ state }) => state ?? null)),
  ]
}

function actorStates(actors: readonly Actor[]): (string | null)[] {
  return [
    texts(actors.map(({ id }) => id)),
    list(actors.map(({ version }) => version)),
    texts(actors.map(({ state }) => state ?? null)),
  ]
}

function writeHolds(client: pg.Client, holds: readonly Hold[]): Sent {
  const sent: Sent = []
  const placed = holds.filter(({ isNew, closed }) => isNew && closed === undefined)
  if (placed.length > 0) sent.push(run(client, placeHolds, holdValues(placed)))
  const closed = holds.filter((hold) => hold.closed !== undefined)
  if (closed.length > 0)
    sent.push(
      run(client, closeHolds, [
        ...holdValues(closed),
        list(closed.map((hold) => hold.closed!.by)),
        list(closed.map((hold) => hold.closed!.posted)),
        texts(closed.map((hold) => hold.closed!.how)),
      ]),
    )
  return sent
}

function holdValues(holds: readonly Hold[]): (string | null)[] {
  return [
    list(holds.map(({ id }) => id)),
    texts(holds.map(({ tenant }) => tenant)),
    list(holds.map(({ debit }) => debit.id)),
    list(holds.map(({ credit, debit }) => (credit ?? debit).id)),
    list(holds.map(({ amount }) => amount)),
    list(holds.map(({ expires_at_ms }) => expires_at_ms)),
    list(holds.map(({ placedBy }) => placedBy)),
  ]
}

/** The values of `write-batch`, in its order. Seqs are relative to the head, which only the statement itself knows. */
function batchValues(book: Book, accepted: readonly Decided[]): unknown[] {
  const salt = randomBytes(16)
  const outcomes = accepted.map(({ outcome }) => outcome)
  const firsts: number[] = []
  let seq = 0
  for (const { events } of accepted) {
    firsts.push(seq + 1)
    seq += events.length
  }
  const legs = accepted.flatMap(({ transfers }, i) =>
    transfers.map((transfer, n) => ({ ...transfer, first: firsts[i]!, n, tenant: outcomes[i]!.tenant })),
  )
  const events = accepted.flatMap(({ events: drafts, outcome }) => drafts.map((draft) => ({ ...draft, outcome })))
  return [
    seq,
    merkleRoot(accepted.map((decided) => leafOf(decided, salt))),
    salt,
    book.now_ms,
    texts(outcomes.map(({ id }) => id)),
    texts(outcomes.map(({ tenant }) => tenant)),
    texts(outcomes.map(({ kind }) => kind)),
    texts(outcomes.map(({ owner }) => owner ?? null)),
    texts(accepted.map(({ actor }) => actor?.id ?? null)),
    list(accepted.map(({ actor }) => actor?.epoch ?? null)),
    list(accepted.map(({ actor }) => actor?.version ?? null)),
    texts(outcomes.map(({ request }) => request)),
    list(firsts),
    list(accepted.map(({ events: own }, i) => firsts[i]! + own.length - 1)),
    texts(accepted.map(({ steps }) => steps ?? null)),
    list(legs.map(({ first }) => first)),
    list(legs.map(({ n }) => n)),
    list(legs.map(({ debit }) => debit.id)),
    list(legs.map(({ credit }) => credit.id)),
    list(legs.map(({ amount }) => amount)),
    list(legs.map(({ debit_after }) => debit_after)),
    list(legs.map(({ credit_after }) => credit_after)),
    list(legs.map(({ hold }) => hold ?? null)),
    texts(events.map(({ type }) => type)),
    texts(events.map(({ audience }) => audience)),
    texts(events.map(({ outcome }) => outcome.tenant)),
    texts(events.map(({ outcome }) => outcome.actor?.id ?? null)),
    texts(events.map(({ user }) => user ?? null)),
    texts(events.map(({ outcome }) => outcome.id)),
    texts(events.map(({ payload }) => payload)),
    texts(legs.map(({ tenant }) => tenant)),
  ]
}

function leafOf(decided: Decided, salt: Buffer): Buffer {
  const { outcome, transfers, steps, events, actor } = decided
  const { id, tenant, kind, owner, request } = outcome
  const legs = transfers.map(({ debit, credit, amount, debit_after, credit_after, hold }) => ({
    debit: debit.owner,
    credit: credit.owner,
    asset: debit.asset,
    amount,
    debit_after,
    credit_after,
    hold,
  }))
  const text = leafText({ id, tenant, kind, owner, request, actor, transfers: legs, steps, events })
  return leafHash(leafSalt(salt, id), text)
}
