import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { migrate } from '../../ledger/migrate.ts'
import { openLedger } from '../../ledger/open.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { readWithKcat } from '../../test/services/kcat.ts'
import { query } from '../bench/bench-database.ts'
import { auditOf } from './audit.ts'
import { BridgeCursors } from './bridge-cursors.ts'
import { expectedOf, type Row } from './bridge-expected.ts'
import { drawFaults, suffer, type Done, type Site } from './bridge-faults.ts'
import { BridgeLoad, partners } from './bridge-load.ts'
import { BridgeNodes } from './bridge-nodes.ts'
import { compareRows } from './bridge-rows.ts'
import { BridgeServices } from './bridge-services.ts'
import { bridgeVerdict, type Message } from './bridge-verdict.ts'
import { Random } from './random.ts'

export type BridgeRun = Readonly<{
  nodes: number
  kills: number
  seed: number
  /** Leaves out how long a sink stood still: on a machine that others use as well it says nothing. */
  untimed: boolean
  log(line: string): void
}>

type Figures = Record<string, unknown> & { ok: boolean }

/** How long events are carried between two faults. */
const CALM_MS = 600
/** The death or freezing of a leader hands over within this long. */
const HANDOVER_MAX_MS = 5_000

/**
 * Lets nodes carry what is being committed into Kafka and ClickHouse while their leaders are killed (between send and commit
 * too) and frozen past the time-out of a transaction, and while the broker, ClickHouse and Postgres are killed; then lets
 * strangers read every topic and every row. Returns the figures of the last line; `ok` says that everything stands where it
 * belongs, once and in order, and that a fallen leader was followed in time.
 */
export async function chaosBridge(run: BridgeRun): Promise<Figures> {
  const { kills, seed, log } = run
  const services = new BridgeServices()
  const nodes = new BridgeNodes(services.folder, () => settingsOf(services))
  let stopping: Promise<void> | undefined
  const stop = (keep: boolean): Promise<void> => (stopping ??= stopAll(services, nodes, keep))
  stopOnSignals(() => stop(false))
  let result: Figures = { ok: false }
  try {
    result = await play(run, services, nodes)
  } catch (error) {
    if (stopping === undefined) log((error as Error).stack ?? String(error))
    result = { error: (error as Error).message, ok: false }
  } finally {
    await stop(!result.ok)
    if (!result.ok) log(`what everything said is in ${services.folder}`)
  }
  return { chaos: 'bridge', kills, seed, ...result }
}

async function play(run: BridgeRun, services: BridgeServices, nodes: BridgeNodes): Promise<Figures> {
  const began = performance.now()
  run.log(`starting ${run.nodes} nodes, a broker, ClickHouse and Postgres`)
  await services.start()
  await prepare(services.databaseUrl)
  await Promise.all(Array.from({ length: run.nodes }, () => nodes.start()))
  const site = { services, nodes, cursors: new BridgeCursors(services.databaseUrl), random: new Random(run.seed) }
  const { done, crashed } = await carry(site, run, began)
  await site.cursors.close()
  const { ok, ...judged } = await judge(services, run.log)
  const handover_max_ms = max(done.map(({ handover_ms }) => handover_ms))
  const recovery_max_ms = max(done.map(({ recovery_ms }) => recovery_ms))
  const isInTime = run.untimed || (handover_max_ms ?? 0) <= HANDOVER_MAX_MS
  return { ...judged, handover_max_ms, recovery_max_ms, crashed, ok: ok && crashed === 0 && isInTime }
}

/** Of a node; all else is as in production. */
function settingsOf({ databaseUrl, brokers, clickhouseUrl, folder }: BridgeServices): NodeJS.ProcessEnv {
  return {
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: brokers,
    CLICKHOUSE_URL: clickhouseUrl,
    CLICKHOUSE_CHUNK_MS: '100',
    WEBHOOKS: 'off',
    SECRET_KEY: '5e'.repeat(32),
    DATA_DIR: folder,
    LOG_LEVEL: 'info',
  }
}

async function prepare(databaseUrl: string): Promise<void> {
  await migrate(databaseUrl)
  for (const [i, { name, tenant }] of partners.entries())
    await query(databaseUrl, 'insert into partner (id, name, tenant, created_ms) values ($1, $2, $3, $4)', [
      uuidv7(),
      name,
      tenant,
      i,
    ])
}

/** All faults under load; at its end everything is committed and carried, and the nodes have ended in order. */
async function carry(
  site: Site,
  { kills, seed, log }: BridgeRun,
  began: number,
): Promise<Readonly<{ done: readonly Done[]; crashed: number }>> {
  const { services, nodes, cursors, random } = site
  const { ledger, close } = await openLedger({ databaseUrl: services.databaseUrl, failed: () => {} })
  try {
    const load = new BridgeLoad(ledger, seed)
    await load.start()
    await cursors.caughtUp()
    log(`all is up and carries events after ${Math.round(performance.now() - began)} ms`)
    const done: Done[] = []
    let crashed = 0
    for (const [n, fault] of drawFaults(random, kills).entries()) {
      await delay(CALM_MS + random.below(CALM_MS))
      crashed += await nodes.revive()
      done.push(await suffer(fault, site))
      log(`${String(n + 1).padStart(3)}/${kills} ${fault.padEnd(10)} ${done.at(-1)!.words}`)
    }
    await delay(CALM_MS)
    crashed += await nodes.revive()
    await load.stop()
    await cursors.caughtUp()
    await nodes.stop()
    return { done, crashed }
  } catch (error) {
    log(await cursors.describe())
    throw error
  } finally {
    await close()
  }
}

async function judge({ databaseUrl, brokers, clickhouseUrl }: BridgeServices, log: BridgeRun['log']): Promise<Figures> {
  const rows = await query<Omit<Row, 'seq'> & Readonly<{ seq: string }>>(
    databaseUrl,
    'select seq, type, audience, tenant, actor, user_id as "user", payload from event order by seq',
  )
  log(`${rows.length} events are committed; a stranger reads what has come of them`)
  const events = rows.map((row) => ({ ...row, seq: BigInt(row.seq) }))
  const [topics, clickhouse, audit] = await Promise.all([
    readTopics(brokers),
    compareRows(databaseUrl, clickhouseUrl),
    auditOf(databaseUrl),
  ])
  const verdict = bridgeVerdict(expectedOf(events, partners), topics, log)
  const wrong = Object.values(verdict).reduce((sum, n) => sum + n, 0)
  return {
    events: rows.length,
    ...verdict,
    clickhouse,
    audit,
    ok: wrong === 0 && clickhouse === 'equal' && audit === 'ok',
  }
}

/** Everything that readers of committed messages find in any topic there is, but the broker's own. */
async function readTopics(brokers: string): Promise<ReadonlyMap<string, readonly Message[]>> {
  const { stdout } = await promisify(execFile)('kcat', ['-b', brokers, '-L', '-J'], { maxBuffer: 1 << 24 })
  const { topics } = JSON.parse(stdout) as { topics: readonly { topic: string }[] }
  const names = topics.map(({ topic }) => topic).filter((topic) => !topic.startsWith('__'))
  return new Map(await Promise.all(names.map(async (name) => [name, await readTopic(brokers, name)] as const)))
}

async function readTopic(brokers: string, topic: string): Promise<readonly Message[]> {
  const shown = await readWithKcat(brokers, topic)
  return shown.map(({ partition, key, headers: { seq = -1, previous = -1 } }) => {
    return { partition, key, seq: BigInt(seq), previous: BigInt(previous) }
  })
}

function max(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? null : Math.max(...known)
}

async function stopAll(services: BridgeServices, nodes: BridgeNodes, keep: boolean): Promise<void> {
  try {
    await nodes.kill()
  } finally {
    await services.stop({ keep })
  }
}

/** Nothing that was started may stay behind. */
function stopOnSignals(stop: () => Promise<void>): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => {
      process.on('uncaughtException', () => {}) // Whoever still talks to what is being ended; nobody is left to be told.
      void stop().finally(() => process.exit(code))
    })
}
