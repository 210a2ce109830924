import { setTimeout as pause } from 'node:timers/promises'
import type { FeedClientsAnswers } from './feed-clients-worker.ts'
import { Worker } from './feed-control.ts'
import type { FeedServerAnswers } from './feed-server-worker.ts'
import type { FeedServerKind } from './feed-servers.ts'

export type FeedBench = Readonly<{ quick: boolean; log(line: string): void }>

type Size = Readonly<{
  sockets: readonly number[]
  /** Events a second. */
  peers: readonly number[]
  ours: readonly number[]
  /** Rates that ours is led up to its ceiling by. */
  ramp: readonly number[]
  warm_ms: number
  seconds: number
}>

const QUICK: Size = {
  sockets: [500],
  peers: [200, 400],
  ours: [200, 400, 1_000],
  ramp: [2_000, 4_000, 8_000],
  warm_ms: 500,
  seconds: 2.5,
}
const FULL: Size = {
  sockets: [500, 2_000],
  peers: [50, 100, 200, 400],
  ours: [50, 100, 200, 400, 1_000],
  ramp: [1_500, 2_000, 2_500, 3_000, 4_000, 6_000, 8_000, 12_000],
  warm_ms: 2_000,
  seconds: 8,
}

const CLIENT_PROCESSES = 2
/** Seats lapse after a while, so they are taken a few at a time. */
const OPENED_AT_ONCE = 50
/** Code that has just been loaded costs more than it will. */
const WARM_RATE = 200
const WARM_MS = 1_500
const RAMP_SECONDS = 2
/** A rate is held while so much of what is offered arrives, within this time. */
const HELD_SHARE = 0.97
const HELD_P99_MS = 200

type Measured = Readonly<{
  kind: FeedServerKind
  sockets: number
  rate: number
  per_s: number
  /** Of the server's process, per million deliveries. */
  cpu_s: number
  /** How many cores the server's process and those of the clients took. */
  busy: number
  client_busy: number
  p50_ms: number
  p99_ms: number
  rss_mb: number
  isHeld: boolean
}>

/**
 * The same events, about 200 bytes each, to the same number of sockets: (a) `ws`, a send per event and socket, (b) Colyseus, a
 * broadcast per event, (c) ours. Server and clients are processes of their own on this machine; what costs is the server's.
 */
export async function benchFeed({ quick, log }: FeedBench): Promise<Record<string, number | string | null>> {
  const size = quick ? QUICK : FULL
  const all: Measured[] = []
  log('server    sockets  events/s  deliveries/s  CPU-s/million    p50 ms    p99 ms  server  clients  RSS MB')
  const note = (measured: Measured) => {
    all.push(measured)
    log(inWords(measured))
  }
  const start = () => Worker.start<FeedClientsAnswers>('feed-clients-worker.ts')
  const clients = await Promise.all(Array.from({ length: CLIENT_PROCESSES }, start))
  try {
    for (const sockets of size.sockets) {
      await withServer({ kind: 'raw', sockets, clients }, (run) => atRates(run, size.peers, size, note))
      await withServer({ kind: 'colyseus', sockets, clients }, (run) => atRates(run, size.peers, size, note))
      await withServer({ kind: 'ours', sockets, clients }, async (run) => {
        await atRates(run, size.ours, size, note)
        await ramp(run, size.ramp, note)
      })
    }
  } finally {
    await Promise.all(clients.map((worker) => worker.stop()))
  }
  return figures(all, size)
}

type Run = (rate: number, warm_ms: number, seconds: number) => Promise<Measured>

async function atRates(run: Run, rates: readonly number[], { warm_ms, seconds }: Size, note: (m: Measured) => void) {
  for (const rate of rates) note(await run(rate, warm_ms, seconds))
}

async function ramp(run: Run, rates: readonly number[], note: (measured: Measured) => void): Promise<void> {
  for (const rate of rates) {
    const measured = await run(rate, 500, RAMP_SECONDS)
    note(measured)
    if (!measured.isHeld) return
  }
}

type Subject = Readonly<{ kind: FeedServerKind; sockets: number; clients: Clients }>

async function withServer(subject: Subject, work: (run: Run) => Promise<void>): Promise<void> {
  const server = await Worker.start<FeedServerAnswers>('feed-server-worker.ts', [subject.kind])
  try {
    await connect(server, subject)
    await server.ask('rate', WARM_RATE)
    await pause(WARM_MS)
    await work((rate, warm_ms, seconds) => measure({ ...subject, server, rate, warm_ms, seconds }))
    await Promise.all(subject.clients.map((client) => client.ask('close')))
  } finally {
    await server.stop()
  }
}

type Server = Worker<FeedServerAnswers>
type Clients = readonly Worker<FeedClientsAnswers>[]

async function connect(server: Server, { kind, sockets, clients }: Subject): Promise<void> {
  const port = await server.ask('port')
  for (let opened = 0; opened < sockets; opened += OPENED_AT_ONCE) {
    const paths = await server.ask('seats', Math.min(OPENED_AT_ONCE, sockets - opened))
    const client = clients[(opened / OPENED_AT_ONCE) % clients.length]!
    await client.ask('open', { kind, port, paths })
    while (!(await client.ask('isOpen'))) await pause(5)
  }
}

type Step = Subject & Readonly<{ server: Server; rate: number; warm_ms: number; seconds: number }>

async function measure({ kind, sockets, rate, server, clients, warm_ms, seconds }: Step): Promise<Measured> {
  await server.ask('rate', rate)
  await pause(warm_ms)
  const clientsBefore = await Promise.all(clients.map((client) => client.ask('measured')))
  await Promise.all(clients.map((client) => client.ask('begin')))
  const before = await server.ask('spent')
  const began_ms = performance.now()
  await pause(seconds * 1000)
  const after = await server.ask('spent')
  const took_s = (performance.now() - began_ms) / 1000
  const told = await Promise.all(clients.map((client) => client.ask('measured')))
  await server.ask('rate', 0)
  const ended = told.reduce((sum, each) => sum + each.ended, 0)
  const gaps = told.reduce((sum, each) => sum + each.gaps, 0)
  if (ended + gaps > 0) throw new Error(`${kind} at ${rate}/s: ${ended} sockets ended, ${gaps} gaps`)
  const deliveries = told.reduce((sum, each) => sum + each.deliveries, 0)
  const cpu_s = after.cpu_s - before.cpu_s
  const client_cpu_s = told.reduce((sum, each, i) => sum + each.cpu_s - clientsBefore[i]!.cpu_s, 0)
  const p99_ms = Math.max(...told.map((each) => each.p99_ms ?? Infinity))
  return {
    kind,
    sockets,
    rate,
    per_s: deliveries / took_s,
    cpu_s: cpu_s / (deliveries / 1e6),
    busy: cpu_s / took_s,
    client_busy: client_cpu_s / took_s,
    p50_ms: Math.max(...told.map((each) => each.p50_ms ?? Infinity)),
    p99_ms,
    rss_mb: after.rss_bytes / 1_048_576,
    isHeld: deliveries / took_s >= HELD_SHARE * rate * sockets && p99_ms < HELD_P99_MS,
  }
}

const names = { raw: 'ws', colyseus: 'Colyseus', ours: 'ours' }

function inWords(measured: Measured): string {
  const { kind, sockets, rate, per_s, cpu_s, busy, client_busy, p50_ms, p99_ms, rss_mb, isHeld } = measured
  const columns = [
    names[kind].padEnd(8),
    String(sockets).padStart(8),
    String(rate).padStart(9),
    Math.round(per_s).toLocaleString('en').padStart(13),
    cpu_s.toFixed(3).padStart(14),
    p50_ms.toFixed(1).padStart(9),
    p99_ms.toFixed(1).padStart(9),
    busy.toFixed(2).padStart(7),
    client_busy.toFixed(2).padStart(8),
    rss_mb.toFixed(0).padStart(7),
  ]
  return `${columns.join(' ')}${isHeld ? '' : '  not held'}`
}

function figures(all: readonly Measured[], { sockets }: Size): Record<string, number | string | null> {
  const [few] = sockets
  const at = (kind: FeedServerKind, rate: number) =>
    all.find((each) => each.kind === kind && each.rate === rate && each.sockets === few)!
  const ratio = (rate: number) => round(at('colyseus', rate).cpu_s / at('ours', rate).cpu_s)
  const ceiling = (kind: FeedServerKind) =>
    Math.max(0, ...all.filter((each) => each.kind === kind && each.isHeld).map(({ per_s }) => per_s))
  return {
    bench: 'feed',
    ratio: ratio(400),
    ratio_at_200: ratio(200),
    cpu_s_per_million_at_400: round(at('ours', 400).cpu_s),
    cpu_s_per_million_at_1000: round(at('ours', 1_000).cpu_s),
    p99_ms_at_1000: round(at('ours', 1_000).p99_ms),
    ceiling_per_s: Math.round(ceiling('ours')),
    colyseus_cpu_s_per_million_at_400: round(at('colyseus', 400).cpu_s),
    colyseus_ceiling_per_s: Math.round(ceiling('colyseus')),
    ws_cpu_s_per_million_at_400: round(at('raw', 400).cpu_s),
    ws_ceiling_per_s: Math.round(ceiling('raw')),
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
