import pg from 'pg'
import type { Outcome } from '../../schema/outcome.ts'
import { Latency } from '../latency.ts'
import { nextOutcome, type Spread } from './ledger-mix.ts'

/** What the peer of the bench is: a transaction for each outcome, one statement after the other, on 16 connections. */
const CONNECTIONS = 16

export type Run = Readonly<{ per_s: number; p50_ms: number; p99_ms: number }>

/**
 * Runs the mix for `seconds` the plain way: begin, lock the accounts in order, look the id up, write outcome, legs, balances
 * and event, commit. The same tables and rows as the ledger writes, but a sequence instead of the head row, and no chain.
 */
export async function runNaive(databaseUrl: string, spread: Spread, seconds: number): Promise<Run> {
  const names = await accountIds(databaseUrl)
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(databaseUrl)))
  const latency = new Latency()
  const from = performance.now()
  const until = from + seconds * 1000
  const run = async (client: pg.Client): Promise<void> => {
    while (performance.now() < until) {
      const started = performance.now()
      await commitAlone(client, nextOutcome(spread), names)
      latency.add(performance.now() - started)
    }
  }
  try {
    await Promise.all(clients.map(run))
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()))
  }
  const elapsed_s = (performance.now() - from) / 1000
  return { per_s: latency.count / elapsed_s, p50_ms: latency.percentile(0.5)!, p99_ms: latency.percentile(0.99)! }
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  return client
}

/** Ids of all accounts by owner: the naive way knows them, as any service with a cache would. Stripes go by their plain owner. */
async function accountIds(databaseUrl: string): Promise<Map<string, string>> {
  const client = await connect(databaseUrl)
  await client.query('create sequence if not exists naive_seq')
  await client.query(`select setval('naive_seq', (select coalesce(max(seq), 0) + 1 from event))`)
  const { rows } = await client.query<{ id: string; owner: string }>('select id::text, owner from account')
  await client.end()
  return new Map(rows.map(({ id, owner }) => [owner.replace(/#.*/, ''), id]))
}

async function commitAlone(
  client: pg.Client,
  { id, kind, tenant, request, transfers, events }: Outcome,
  ids: Map<string, string>,
) {
  const legs = transfers.map(({ debit, credit, amount }) => ({
    debit: ids.get(debit)!,
    credit: ids.get(credit)!,
    amount,
  }))
  const touched = [...new Set(legs.flatMap(({ debit, credit }) => [debit, credit]))]
  await client.query('begin')
  const { rows } = await client.query<{ id: string; balance: string }>({
    name: 'lock',
    text: 'select id::text, balance from account where id = any($1::bigint[]) order by id for update',
    values: [touched],
  })
  const balances = new Map(rows.map((row) => [row.id, BigInt(row.balance)]))
  const seq = await client.query<{ seq: string }>({
    name: 'outcome',
    text: `insert into outcome (id, tenant, kind, request, first_seq, last_seq, at)
      select $1, $2, $3, decode($4, 'hex'), n, n, clock_timestamp() from nextval('naive_seq') n returning first_seq as seq`,
    values: [id, tenant, kind, request],
  })
  for (const [n, { debit, credit, amount }] of legs.entries()) {
    balances.set(debit, balances.get(debit)! - amount)
    balances.set(credit, balances.get(credit)! + amount)
    await client.query({
      name: 'transfer',
      text: `insert into transfer (seq, n, tenant, debit, credit, amount, debit_after, credit_after)
        values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      values: [seq.rows[0]!.seq, n, tenant, debit, credit, amount, balances.get(debit), balances.get(credit)],
    })
  }
  for (const [account, balance] of balances)
    await client.query({
      name: 'account',
      text: 'update account set balance = $2, version = version + 1 where id = $1',
      values: [account, balance],
    })
  await client.query({
    name: 'event',
    text: `insert into event (seq, type, audience, tenant, outcome, at, payload) values ($1, $2, 'internal', $3, $4, clock_timestamp(), $5)`,
    values: [seq.rows[0]!.seq, events[0]!.type, tenant, id, events[0]!.payload],
  })
  await client.query('commit')
}
