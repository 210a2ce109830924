import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { startServer, type Server } from '../server.ts'
import { createDatabase, createEmptyDatabase, withPostgres } from './bench-database.ts'
import { Driver, type LoadUser, type Measured, type Stream } from './http-load.ts'
import { startPeer } from './http-peer.ts'
import { prepare } from './http-prepare.ts'
import { highestRate } from './http-search.ts'
import { makeUsers } from './http-users.ts'

export type HttpBench = Readonly<{ quick: boolean; log(line: string): void }>

type Size = Readonly<{ users: number; warm_s: number; measured_s: number; step_s: number; tries: number }>
type Target = Readonly<{ port: number; users: readonly LoadUser[] }>

const QUICK: Size = { users: 300, warm_s: 2, measured_s: 5, step_s: 1, tries: 2 }
const FULL: Size = { users: 1_000, warm_s: 10, measured_s: 30, step_s: 8, tries: 6 }

const OPENINGS_PER_S = 1_000
/** What goes on beside the openings. */
const BESIDE: readonly Stream[] = [
  { name: 'validate', per_s: 200 },
  { name: 'inventory', per_s: 500 },
]
/** What is measured after that, all at once: as long in each run, so that the figures compare. */
const OTHERS = { warm_s: 2, measured_s: 6, partners: 100, payers: 100, sellers: 100, listings: 2_000 }
/** What an opening may take at the 95th percentile. */
const P95_MS = 100
const CLOCK_TICKS_PER_S = 100

/**
 * Openings, validations and inventory reads at fixed rates over real connections to a server process of our own, each timed from the
 * moment at which it was due; then the highest rate of openings that holds, and that of a peer which does nothing else.
 */
export async function benchHttp({ quick, log }: HttpBench): Promise<Record<string, number | string>> {
  const size = quick ? QUICK : FULL
  return await withPostgres(log, async (url) => {
    const driver = new Driver()
    try {
      log(`http: ${availableParallelism()} cores, ${size.users} users, ${size.measured_s} s at the goal`)
      const ours = await measureOurs(await createDatabase(url, 'ours'), driver, size, log)
      const peer = await measurePeer(await createEmptyDatabase(url, 'peer'), driver, size, log)
      return { ...ours, peer_max_open_box_per_s: peer, ratio: round(ours.max_open_box_per_s / peer) }
    } finally {
      driver.stop()
    }
  })
}

async function measureOurs(databaseUrl: string, driver: Driver, size: Size, log: HttpBench['log']) {
  const secretKey = randomBytes(32)
  const env = {
    DATABASE_URL: databaseUrl,
    SECRET_KEY: secretKey.toString('hex'),
    PARTNER_REQUESTS_PER_MINUTE: '1000000',
  }
  const server = await startServer({ env: { ...env, ...profiling() } })
  try {
    const target = { port: Number(new URL(server.url).port), users: await makeUsers(server.url, size.users) }
    const mix = (per_s: number): readonly Stream[] => [{ name: 'open-box', per_s }, ...BESIDE]
    await driver.run({ ...target, streams: mix(OPENINGS_PER_S / 2), seconds: size.warm_s })
    const cpu_s = cpuOf(server)
    const goal = await driver.run({ ...target, streams: mix(OPENINGS_PER_S), seconds: size.measured_s })
    const cpu_ms = ((cpuOf(server) - cpu_s) * 1000) / goal.reduce((sum, { sent }) => sum + sent, 0)
    for (const measured of goal) log(inWords(measured, size.measured_s))
    log(`server: ${cpu_ms.toFixed(3)} ms of CPU a request, Postgres not counted`)
    const others = await measureOthers(target, driver, { databaseUrl, secretKey }, log)
    const max = await highest(target, driver, size, mix, log)
    return { ...figuresOf(goal, others), max_open_box_per_s: max, cpu_ms_per_request: Math.round(cpu_ms * 1000) / 1000 }
  } finally {
    await server.stop()
  }
}

/** Payments that are begun, openings of partners and pages of the market, beside nothing else. */
async function measureOthers(
  { port, users }: Target,
  driver: Driver,
  server: Readonly<{ databaseUrl: string; secretKey: Uint8Array }>,
  log: HttpBench['log'],
): Promise<readonly Measured[]> {
  const { partners, listings, warm_s, measured_s } = OTHERS
  const payers = users.slice(0, OTHERS.payers)
  const sellers = users.slice(-OTHERS.sellers)
  const from_ms = performance.now()
  const customers = await prepare({ ...server, partners, listings, payers, sellers })
  log(
    `${partners} partners and ${listings} listings, prepared in ${((performance.now() - from_ms) / 1000).toFixed(1)} s`,
  )
  const streams: readonly Stream[] = [
    { name: 'deposit', per_s: 20, users: payers },
    { name: 'partner-open-box', per_s: 50, users: customers },
    { name: 'market', per_s: 100 },
  ]
  await driver.run({ port, users, streams, seconds: warm_s })
  const measured = await driver.run({ port, users, streams, seconds: measured_s })
  for (const each of measured) log(inWords(each, measured_s))
  return measured
}

async function measurePeer(databaseUrl: string, driver: Driver, size: Size, log: HttpBench['log']): Promise<number> {
  const peer = await startPeer(databaseUrl, size.users)
  try {
    const alone = (per_s: number): readonly Stream[] => [{ name: 'open-box', per_s }]
    await driver.run({ ...peer, streams: alone(OPENINGS_PER_S / 4), seconds: size.warm_s })
    return await highest(peer, driver, size, alone, (line) => log(`peer: ${line}`))
  } finally {
    peer.stop()
  }
}

/** The highest rate of openings at which their p95 holds and nothing fails, while the rest goes on as it did. */
function highest(
  { port, users }: Target,
  driver: Driver,
  size: Size,
  mix: (per_s: number) => readonly Stream[],
  log: HttpBench['log'],
): Promise<number> {
  return highestRate({ from: OPENINGS_PER_S, tries: size.tries }, async (per_s) => {
    const measured = await driver.run({ port, users, streams: mix(per_s), seconds: size.step_s })
    const openings = measured[0]!
    const holds = openings.p95_ms < P95_MS && measured.every(({ errors }) => errors === 0)
    log(`${inWords(openings, size.step_s)}  ${holds ? 'holds' : 'does not hold'}`)
    return holds
  })
}

function inWords({ name, sent, errors, p50_ms, p95_ms, p99_ms, max_ms }: Measured, seconds: number): string {
  const ms = (value: number): string => value.toFixed(1).padStart(7)
  const rate = `${(sent / seconds).toFixed(0).padStart(6)}/s`
  return `${name.padEnd(16)} ${rate}  p50 ${ms(p50_ms)}  p95 ${ms(p95_ms)}  p99 ${ms(p99_ms)}  max ${ms(max_ms)} ms  errors ${errors}`
}

function figuresOf(goal: readonly Measured[], others: readonly Measured[]): Record<string, number | string> {
  const [open, validate, inventory] = goal as [Measured, Measured, Measured]
  const [deposit, partnerOpening, market] = others as [Measured, Measured, Measured]
  return {
    bench: 'http',
    open_box_p95_ms: open.p95_ms,
    validate_p95_ms: validate.p95_ms,
    inventory_p95_ms: inventory.p95_ms,
    open_box_p50_ms: open.p50_ms,
    open_box_p99_ms: open.p99_ms,
    deposit_p95_ms: deposit.p95_ms,
    partner_open_box_p95_ms: partnerOpening.p95_ms,
    market_p95_ms: market.p95_ms,
    errors: [...goal, ...others].reduce((sum, { errors }) => sum + errors, 0),
  }
}

/** CPU seconds of the server so far; 0 where the system does not tell. */
function cpuOf({ pid }: Server): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_S
  } catch {
    return 0 // not Linux
  }
}

/** With HTTP_PROFILE the server writes a CPU profile into that folder when it stops. */
function profiling(): Record<string, string> {
  const folder = process.env['HTTP_PROFILE']
  return folder ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` } : {}
}

const round = (value: number): number => Math.round(value * 10) / 10
