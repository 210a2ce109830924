import { readFileSync } from 'node:fs'
import type { Row, Statement } from '../postgres/statement.ts'

/** A run of whole batches with all that was committed in them, each list in the order of seq. */
export type Chunk = Readonly<{
  batches: readonly AuditBatch[]
  outcomes: readonly AuditOutcome[]
  legs: readonly AuditLeg[]
  events: readonly AuditEvent[]
}>

/** The same as it is read: a row of `batches`, `outcomes`, `transfers`, `events` each. */
export type ChunkRows = Readonly<Record<keyof Chunk, readonly Row[]>>

/** Seqs are numbers here: a count without gaps stays below 2^53. */
export type AuditBatch = Readonly<{
  first_seq: number
  last_seq: number
  at_ms: number
  salt: Buffer
  digest: Buffer
  hash: Buffer
}>

export type AuditOutcome = Readonly<{
  id: string
  tenant: string
  kind: string
  owner: string | undefined
  actor: Readonly<{ id: string; epoch: number; version: number }> | undefined
  request: string
  first_seq: number
  last_seq: number
  steps: string | undefined
  at_ms: number
}>

/** Accounts by their ids, which come from a counter as well; amounts as the text they were read as. */
export type AuditLeg = Readonly<{
  seq: number
  n: number
  tenant: string
  debit: number
  credit: number
  amount: string
  debit_after: string
  credit_after: string
  hold: string | undefined
}>

export type AuditEvent = Readonly<{
  seq: number
  type: string
  audience: string
  tenant: string
  actor: string | undefined
  user: string | undefined
  outcome: string
  at_ms: number
  payload: string
}>

/** A statement of `audit/sql/<name>.sql`. */
export function auditSql(name: string): Statement {
  return { name: `audit-${name}`, text: readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8') }
}

export function chunkOf({ batches, outcomes, legs, events }: ChunkRows): Chunk {
  return {
    batches: batches.map(batchOf),
    outcomes: outcomes.map(outcomeOf),
    legs: legs.map(legOf),
    events: events.map(eventOf),
  }
}

function batchOf([last_seq, first_seq, at_ms, salt, digest, hash]: Row): AuditBatch {
  return {
    first_seq: Number(first_seq),
    last_seq: Number(last_seq),
    at_ms: Number(at_ms),
    salt: Buffer.from(salt!, 'hex'),
    digest: Buffer.from(digest!, 'hex'),
    hash: Buffer.from(hash!, 'hex'),
  }
}

function outcomeOf(row: Row): AuditOutcome {
  const [id, tenant, kind, owner, actor, epoch, version, request, first_seq, last_seq, steps, at_ms] = row
  return {
    id: id!,
    tenant: tenant!,
    kind: kind!,
    owner: owner ?? undefined,
    actor: actor == null ? undefined : { id: actor, epoch: Number(epoch), version: Number(version) },
    request: request!,
    first_seq: Number(first_seq),
    last_seq: Number(last_seq),
    steps: steps ?? undefined,
    at_ms: Number(at_ms),
  }
}

function legOf([seq, n, tenant, debit, credit, amount, debit_after, credit_after, hold]: Row): AuditLeg {
  return {
    seq: Number(seq),
    n: Number(n),
    tenant: tenant!,
    debit: Number(debit),
    credit: Number(credit),
    amount: amount!,
    debit_after: debit_after!,
    credit_after: credit_after!,
    hold: hold ?? undefined,
  }
}

function eventOf([seq, type, audience, tenant, actor, user, outcome, at_ms, payload]: Row): AuditEvent {
  return {
    seq: Number(seq),
    type: type!,
    audience: audience!,
    tenant: tenant!,
    actor: actor ?? undefined,
    user: user ?? undefined,
    outcome: outcome!,
    at_ms: Number(at_ms),
    payload: payload!,
  }
}
