import { hash } from 'node:crypto'
import { openLedger } from '../../ledger/open.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import type { Outcome, Receipt } from '../../schema/outcome.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { Latency } from '../latency.ts'
import { createDatabase, query, withPostgres } from './bench-database.ts'

const USERS = 20_000
const UNDER_WAY = 2_000
const READS = 400
const REQUEST = hash('sha256', 'bench', 'hex')

type Options = Readonly<{ outcomes: number; log(line: string): void }>

/**
 * Fills a ledger with whole battles (created, joined, settled: three outcomes, seven legs), then measures every read on it and
 * the sizes of its tables. Returns the figures of the last line; times in ms.
 */
export async function benchLedgerReads({ outcomes, log }: Options): Promise<Record<string, number | string>> {
  return await withPostgres(log, async (server) => {
    const url = await createDatabase(server, 'reads')
    const { ledger, close } = await openLedger({ databaseUrl: url })
    const receipts = await fill(ledger, outcomes, log)
    await query(url, 'vacuum analyze')
    const sizes = await tableSizes(url, log)
    const reads = await measureReads(ledger, receipts, log)
    await close()
    return { bench: 'ledger-reads', outcomes, ...sizes, ...reads }
  })
}

async function fill(ledger: Ledger, outcomes: number, log: (line: string) => void): Promise<Receipt[]> {
  const all = Array.from({ length: USERS }, (_, i) => i)
  await Promise.all(
    all.map((i) => ledger.commit(outcome('faucet.grant', `user:${i}`, [['faucet:play', `user:${i}`, 10n ** 12n]]))),
  )
  const kept: Receipt[] = []
  const battles = Math.ceil((outcomes - USERS) / 3)
  let started = 0
  const from = performance.now()
  await Promise.all(
    Array.from({ length: UNDER_WAY }, async () => {
      while (started < battles) {
        started += 1
        if (started % Math.ceil(battles / 10) === 0)
          log(`filled ${started * 3} of ${outcomes} outcomes, ${(performance.now() - from).toFixed(0)} ms`)
        const receipt = await playBattle(ledger)
        if (started % 997 === 0) kept.push(receipt)
      }
    }),
  )
  return kept
}

async function playBattle(ledger: Ledger): Promise<Receipt> {
  const id = uuidv7()
  const first = below(USERS)
  const [a, b] = [`user:${first}`, `user:${(first + 1 + below(USERS - 1)) % USERS}`]
  const escrow = `escrow:battle-${id}`
  const actor = { id: `battle-${id}`, kind: 'battle', epoch: 0 }
  const state = JSON.stringify({ phase: 'waiting', boxes: 'x'.repeat(600) })
  await ledger.commit({
    ...outcome('battle.create', a, [[a, escrow, 500n]]),
    id,
    actor: { ...actor, version: 0, state },
  })
  await ledger.commit({ ...outcome('battle.join', b, [[b, escrow, 500n]]), actor: { ...actor, version: 1, state } })
  const legs = [
    [escrow, 'house:main', 1_000n],
    ['house:main', a, 600n],
    ['house:main', a, 100n],
    ['house:main', a, 50n],
    ['house:main', b, 1n],
  ] as const
  return await ledger.commit({
    ...outcome('battle.settle', a, legs),
    actor: { ...actor, version: 2, state, finished: true },
  })
}

function outcome(kind: string, owner: string, legs: readonly (readonly [string, string, bigint])[]): Outcome {
  return {
    id: uuidv7(),
    kind,
    tenant: 'main',
    request: REQUEST,
    owner,
    transfers: legs.map(([debit, credit, amount]) => ({ asset: PLAY_CREDIT, debit, credit, amount: toAmount(amount) })),
    events: [{ type: 'money.moved', payload: { kind, owner } }],
  }
}

const hot = ['account', 'actor', 'hold'] as const
const cold = ['outcome', 'transfer', 'event', 'batch', 'account_closed', 'actor_finished'] as const

async function tableSizes(url: string, log: (line: string) => void): Promise<Record<string, number>> {
  const figures: Record<string, number> = {}
  let bytes = 0
  for (const table of [...hot, ...cold]) {
    const [row] = await query<{ rows: string; bytes: string }>(
      url,
      `select (select count(*) from ${table}) as rows,
        (select sum(pg_total_relation_size(relid)) from pg_partition_tree('${table}')) as bytes`,
    )
    const size = Number(
      row!.bytes ?? (await query<{ n: string }>(url, `select pg_total_relation_size('${table}') as n`))[0]!.n,
    )
    log(`${table.padEnd(16)} ${row!.rows.padStart(9)} rows ${(size / 2 ** 20).toFixed(1).padStart(8)} MiB`)
    if (table === 'outcome') figures['_outcomes'] = Number(row!.rows)
    if ((hot as readonly string[]).includes(table)) figures[`${table}_rows`] = Number(row!.rows)
    bytes += size
  }
  const { _outcomes = 1, ...rest } = figures
  return { ...rest, bytes_per_outcome: Math.round(bytes / _outcomes) }
}

async function measureReads(
  ledger: Ledger,
  receipts: readonly Receipt[],
  log: (line: string) => void,
): Promise<Record<string, number>> {
  const { reader } = ledger
  const { seq } = await reader.head()
  const user = () => `user:${below(USERS)}`
  const somewhere = () => BigInt(below(Number(seq)))
  const reads: Record<string, () => Promise<unknown>> = {
    balances: () => reader.balances('main', user()),
    statement_first_page: () => reader.statement({ tenant: 'main', owner: user(), limit: 50 }),
    statement_deep_page: () =>
      reader.statement({
        tenant: 'main',
        owner: user(),
        asset: PLAY_CREDIT,
        before: { seq: somewhere(), n: 0 },
        limit: 50,
      }),
    house_statement: () => reader.statement({ tenant: 'main', owner: 'house:main', limit: 50 }),
    balance_at: () => reader.balanceAt('main', user(), PLAY_CREDIT, somewhere()),
    house_balance_at: () => reader.balanceAt('main', 'house:main', PLAY_CREDIT, somewhere()),
    events_since: () => reader.events({ since: somewhere(), limit: 100 }),
    events_of_type: () => reader.events({ since: somewhere(), limit: 100, tenant: 'main', type: 'money.moved' }),
    events_of_actor: () => reader.events({ since: 0n, limit: 100, tenant: 'main', actor: 'battle-none' }),
    receipt: () => {
      const { id, balances } = receipts[below(receipts.length)]!
      return reader.receipt('main', balances.find(({ owner }) => owner.startsWith('user:'))!.owner, id)
    },
  }
  const figures: Record<string, number> = {}
  for (const [name, read] of Object.entries(reads)) {
    const latency = new Latency()
    for (let i = 0; i < 20; i++) await read() // plans and pages are warm, as on a running server
    for (let i = 0; i < READS; i++) {
      const started = performance.now()
      await read()
      latency.add(performance.now() - started)
    }
    log(`${name.padEnd(22)} p50 ${latency.percentile(0.5)} ms   p99 ${latency.percentile(0.99)} ms`)
    figures[`${name}_p99_ms`] = latency.percentile(0.99)!
  }
  return figures
}

const below = (n: number): number => Math.floor(Math.random() * n)
