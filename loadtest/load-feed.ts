import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from './bench/feed-control.ts'
import { Crowd } from './crowd.ts'
import type { AudienceAnswers } from './feed-audience-worker.ts'
import { startServer } from './server.ts'

export type FeedLoad = Readonly<{ clients: number; seconds: number; players: number; log(line: string): void }>

/** The look of one stretch of the run. */
type Stretch = Readonly<{
  p50_ms: number
  p99_ms: number
  rss_mib: number
  events: number
  open: number
  gaps: number
  conflated: number
}>

const OPENED_AT_ONCE = 100
const OPEN_WITHIN_MS = 30_000
/** Stretches into which the run is cut: the first is for warming up. */
const STRETCHES = 6
/** What the memory may rise by from the second stretch to the last, and the lag: more is a leak or a queue that grows. */
const RSS_GROWTH_MAX = 1.15
const LAG_GROWTH_MAX_MS = 100

/**
 * A real server, so many spectators on plain sockets, and players whose battles keep the feed moving. Watches the server's
 * memory and how late the feed is; `ok` says that neither grows, that nobody was cut off and that no frame was missing.
 */
export async function loadFeed({ clients, seconds, players, log }: FeedLoad) {
  const server = await startServer({
    env: {
      PLAIN_SOCKETS_PER_ADDRESS: String(clients + 10),
      REVEAL_MS: '100',
      // A ring that fills, and garbage that V8 lets lie while it has room, look like a leak for minutes.
      FEED_RING_EVENTS: '300',
      NODE_OPTIONS: '--max-old-space-size=128 --max-semi-space-size=8',
    },
  })
  const audience = await Worker.start<AudienceAnswers>('../feed-audience-worker.ts')
  const stop = stopOnSignals(async () => {
    await audience.stop()
    await server.stop()
  })
  try {
    await enter(audience, Number(new URL(server.url).port), clients)
    log(`${clients} spectators are there`)
    const crowd = new Crowd({
      url: server.url,
      tools: { cut: () => 0 },
      seats: 2,
      rounds: 3,
      kinds: 'standard',
      battles: 1_000_000,
      verifyEvery: 0,
      scenario: 'play',
      log: () => {},
    })
    const playing = await crowd.players(players)
    const played = crowd.playAll(playing, performance.now() + seconds * 1000)
    const stretches = await watch(audience, server.pid, seconds, log)
    await played
    await Promise.all(playing.map((player) => player.close()))
    return verdict(stretches, clients, seconds)
  } finally {
    await stop()
  }
}

async function enter(audience: Worker<AudienceAnswers>, port: number, clients: number): Promise<void> {
  for (let opened = 0; opened < clients; opened += OPENED_AT_ONCE)
    await audience.ask('open', { port, count: Math.min(OPENED_AT_ONCE, clients - opened) })
  const until_ms = performance.now() + OPEN_WITHIN_MS
  while ((await audience.ask('open_count')) < clients) {
    if (performance.now() > until_ms) throw new Error('not every spectator got in')
    await delay(100)
  }
}

async function watch(
  audience: Worker<AudienceAnswers>,
  pid: number,
  seconds: number,
  log: FeedLoad['log'],
): Promise<readonly Stretch[]> {
  const stretches: Stretch[] = []
  await audience.ask('look')
  for (let i = 0; i < STRETCHES; i++) {
    await delay((seconds * 1000) / STRETCHES)
    const { events, readers, p50_ms, p99_ms, ...seen } = await audience.ask('look')
    const stretch = {
      ...seen,
      events: Math.round(events / readers),
      p50_ms: p50_ms ?? 0,
      p99_ms: p99_ms ?? 0,
      rss_mib: rssOf(pid),
    }
    stretches.push(stretch)
    log(
      `${String(i + 1).padStart(2)}/${STRETCHES} ${stretch.events} events to each of ${stretch.open}, lag p50 ${stretch.p50_ms} p99 ${stretch.p99_ms} ms, ${stretch.rss_mib} MiB`,
    )
  }
  return stretches
}

function verdict(stretches: readonly Stretch[], clients: number, seconds: number) {
  const [, second] = stretches
  const last = stretches.at(-1)!
  const sum = (of: (stretch: Stretch) => number) => stretches.reduce((total, stretch) => total + of(stretch), 0)
  const [gaps, conflated, events] = [sum(({ gaps: n }) => n), sum(({ conflated: n }) => n), sum(({ events: n }) => n)]
  const ok =
    last.open === clients &&
    gaps === 0 &&
    events > 0 &&
    last.rss_mib <= second!.rss_mib * RSS_GROWTH_MAX &&
    last.p50_ms <= second!.p50_ms + LAG_GROWTH_MAX_MS
  return {
    load: 'feed',
    clients,
    seconds,
    events,
    deliveries_per_s: Math.round((events * clients) / seconds),
    gaps,
    conflated,
    cut_off: clients - last.open,
    lag_p50_ms: [second!.p50_ms, last.p50_ms],
    lag_p99_ms: [second!.p99_ms, last.p99_ms],
    rss_mib: [second!.rss_mib, last.rss_mib],
    ok,
  }
}

/** Resident memory of a process, MiB. */
function rssOf(pid: number): number {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kib) / 1024)
}

/** Returns what stops everything, once; a signal does so, too. */
function stopOnSignals(stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | undefined
  const once = () => (stopping ??= stop())
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => void once().finally(() => process.exit(code)))
  return once
}
