import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { startPostgres, type Postgres } from '../../embedded/postgres.ts'
import { migrate } from '../../ledger/migrate.ts'
import { openLedger } from '../../ledger/open.ts'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import { RollingDropError } from '../../schema/errors.ts'
import { isOutcomeId, uuidv7 } from '../../schema/uuid.ts'
import { auditOf } from './audit.ts'
import { outcomeOf, USERS } from './ledger-outcome.ts'
import { Random } from './random.ts'
import { Writers } from './writers.ts'

export type ChaosRun = Readonly<{
  kills: number
  seed: number
  /** Leaves out how long the others stood still: on a machine that others use as well it says nothing. */
  untimed: boolean
  log(line: string): void
}>

const WRITERS = 3
/** How long the writers work between two faults. */
const CALM_MS = 700
const FREEZE_MS = 3_000
/** Others go on within this long while one writer is frozen between lock and write, in ms. */
const STALL_MAX_MS = 2_000
const faults = ['postgres', 'writer', 'cut', 'freeze'] as const

/**
 * Lets writers in several processes commit while Postgres and writers are killed (-9), connections are cut in the middle of a
 * commit and a writer is frozen; then compares what every caller was told with what the database holds, and audits it.
 * Returns the figures of the last line; `ok` says whether all of it held.
 */
export async function chaosLedger({
  kills,
  seed,
  untimed,
  log,
}: ChaosRun): Promise<Record<string, unknown> & { ok: boolean }> {
  const random = new Random(seed)
  const dataDir = mkdtempSync(join(tmpdir(), 'rollingdrop-chaos-'))
  chmodSync(dataDir, 0o711) // Run as root, Postgres has an account of its own that must get in.
  let postgres = await startPostgres({ dataDir, log })
  const writers = new Writers(postgres.url)
  let stall_max_ms = 0
  try {
    await migrate(postgres.url)
    await fund(postgres.url)
    await Promise.all(Array.from({ length: WRITERS }, () => writers.start()))
    for (let n = 0; n < kills; n++) {
      await delay(CALM_MS + random.below(CALM_MS))
      const fault = n < faults.length ? faults[n]! : random.pick(faults)
      const victim = random.pick(writers.all)
      const began = performance.now()
      if (fault === 'postgres') postgres = await crashPostgres(postgres, dataDir)
      if (fault === 'writer') await writers.crash(victim)
      if (fault === 'cut') await cutConnections(postgres.url)
      if (fault === 'freeze') stall_max_ms = Math.max(stall_max_ms, await freeze(writers, victim))
      log(
        `${String(n + 1).padStart(3)}/${kills} ${fault.padEnd(9)} ${Math.round(performance.now() - began)} ms, ${writers.view.acknowledged.size} acknowledged`,
      )
    }
    await delay(CALM_MS)
    await writers.stop()
    const verdict = await compare(postgres.url, writers)
    const audit = await auditOf(postgres.url)
    const ok =
      verdict.lost + verdict.double + verdict.phantom === 0 &&
      audit === 'ok' &&
      (untimed || stall_max_ms <= STALL_MAX_MS)
    return { chaos: 'ledger', kills, seed, ...verdict, stall_max_ms: Math.round(stall_max_ms), audit, ok }
  } finally {
    writers.abort()
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function fund(databaseUrl: string): Promise<void> {
  const { ledger, close } = await openLedger({ databaseUrl })
  const owners = [...Array.from({ length: USERS }, (_, i) => `user:${i}`), 'house:main']
  await Promise.all(
    owners.map((credit) =>
      ledger.commit({
        ...outcomeOf(uuidv7()),
        holds: [],
        transfers: [{ asset: PLAY_CREDIT, debit: 'faucet:play', credit, amount: toAmount(1_500n) }],
      }),
    ),
  )
  await close()
}

/** Kills the postmaster and all it started, and starts it again on its data, `away_ms` later. */
export async function crashPostgres(postgres: Postgres, dataDir: string, away_ms = 0): Promise<Postgres> {
  const pid = await postmasterOf(postgres.url)
  process.kill(pid, 'SIGKILL')
  await delay(away_ms)
  return await startPostgres({ dataDir, log: () => {} })
}

/** The postmaster of a server of our own, by the file it keeps in its data. */
async function postmasterOf(databaseUrl: string): Promise<number> {
  const [row] = await query<{ data: string }>(databaseUrl, `select current_setting('data_directory') as data`)
  return Number(readFileSync(join(row!.data, 'postmaster.pid'), 'utf8').split('\n')[0])
}

/** Cuts every ledger connection that is in the middle of a transaction just now. */
async function cutConnections(databaseUrl: string): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await query(
      databaseUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'rollingdrop ledger' and (state = 'active' or state = 'idle in transaction')`,
    )
    await delay(40)
  }
}

/** Freezes a writer wherever it stands, and returns the longest the others were silent meanwhile, in ms. */
async function freeze(writers: Writers, victim: (typeof writers.all)[number]): Promise<number> {
  victim.kill('SIGSTOP')
  const until = performance.now() + FREEZE_MS
  let longest = 0
  while (performance.now() < until) {
    await delay(20)
    longest = Math.max(longest, writers.silence_ms(victim))
  }
  victim.kill('SIGCONT')
  return longest
}

/**
 * Acknowledged must be there once, under its seq; refused must not be there; of the unknown, submitting again finds out
 * which they are, without making any of them twice.
 */
async function compare(databaseUrl: string, { view }: Writers) {
  const rows = await query<{ id: string; first_seq: string }>(
    databaseUrl,
    `select id::text, first_seq::text from outcome where kind = 'chaos.move'`,
  )
  const there = new Map(rows.map(({ id, first_seq }) => [id, first_seq]))
  const lost = [...view.acknowledged].filter(([id, seq]) => there.get(id) !== seq).length
  const phantom = [...view.refused.keys()].filter((id) => there.has(id)).length
  const { ledger, close } = await openLedger({ databaseUrl })
  let unknown_committed = 0
  let disagree = 0
  for (const id of view.unknown) {
    if (!isOutcomeId(id)) continue
    const answer = await ledger.commit(outcomeOf(id)).catch((error: unknown) => error as RollingDropError)
    const replayed = !(answer instanceof RollingDropError) && answer.replayed
    if (there.has(id)) unknown_committed += 1
    if (replayed !== there.has(id)) disagree += 1
  }
  await close()
  const events = await query<{ n: string }>(
    databaseUrl,
    `select count(*) - count(distinct payload->>'id') as n from event where type = 'money.moved'`,
  )
  return {
    acknowledged: view.acknowledged.size,
    refused: view.refused.size,
    unknown: view.unknown.size,
    unknown_committed,
    lost,
    phantom,
    double: Number(events[0]!.n) + disagree,
  }
}

async function query<T extends pg.QueryResultRow>(databaseUrl: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query<T>(text)).rows
  } finally {
    await client.end()
  }
}
