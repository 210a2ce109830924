import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { NewPartnerKey } from '../../access/partner.ts'
import type { FeedFilter } from '../../schema/feed.ts'
import { partnerTopics, type PartnerTopic } from '../../schema/topic.ts'
import { query } from '../bench/bench-database.ts'
import { auditOf } from './audit.ts'
import { Cluster } from './battles-cluster.ts'
import { Players } from './battles-players.ts'
import { doors, partnerDoors, type Follower } from './feed-doors.ts'
import { partnerKey } from './feed-partner.ts'
import { Reader } from './feed-reader.ts'
import { feedVerdict, storedEvents } from './feed-verdict.ts'
import { Random } from './random.ts'

export type FeedRun = Readonly<{ nodes: number; seed: number; log(line: string): void }>

const PLAYERS = 40
/** Subscribers of each door and filter. */
const OF_EACH = 3
const CALM_MS = 500
const PAUSE_MS = 1_500
const REDIS_AWAY_MS = 2_000
/** How long everybody may take to have heard of everything, once nothing is broken any more. */
const CAUGHT_UP_WITHIN_MS = 15_000

const filters: readonly FeedFilter[] = [
  {},
  { types: ['battle.settled', 'battle.created'] },
  { minValue: '300' },
  { box: 'ember', types: ['battle.created', 'battle.settled'] },
]

/**
 * Lets spectators follow the feed by every door while sockets are cut and paused, Redis goes away and comes back, and nodes are
 * killed; then holds what each was told against what Postgres has. Returns the figures of the last line; `ok` says that nobody
 * lost, doubled or misread an event without being told so.
 */
export async function chaosFeed({ nodes, seed, log }: FeedRun): Promise<Record<string, unknown> & { ok: boolean }> {
  const random = new Random(seed)
  log(`starting ${nodes} nodes, Postgres and Redis`)
  const cluster = await Cluster.start(nodes)
  let isOk = false
  try {
    const players = new Players(cluster.proxy.url, seed)
    const [key] = await Promise.all([partnerKey(cluster), players.enter(PLAYERS)])
    const followers = follow(cluster.proxy.url, key)
    await welcomed(followers)
    await players.play()
    const faults = await suffer(cluster, followers, random, log)
    await players.stop()
    const head = await headOf(cluster.databaseUrl)
    const behind = await behindAfter(followers, head)
    await Promise.all(followers.map((follower) => follower.close()))
    const readers = followers.map(({ reader }) => reader)
    const verdict = feedVerdict(await storedEvents(cluster.databaseUrl, head), readers, head, log)
    const joins = readers.reduce((sum, reader) => sum + reader.joins, 0)
    const audit = await auditOf(cluster.databaseUrl)
    const { lost, double, foreign, unrecovered, delivered } = verdict
    isOk = lost + double + foreign + unrecovered + behind === 0 && delivered > 0 && audit === 'ok'
    return {
      chaos: 'feed',
      nodes,
      seed,
      faults,
      subscribers: readers.length,
      joins,
      ...verdict,
      behind,
      audit,
      ok: isOk,
    }
  } finally {
    const folder = await cluster.stop({ keep: !isOk })
    if (!isOk) log(`what the nodes said is in ${folder}`)
  }
}

/** Everyone who follows: the public by each filter, a partner each of its topics, some of them by a filter too. */
function follow(url: string, key: NewPartnerKey): readonly Follower[] {
  const wanted: readonly Readonly<{ filter: FeedFilter; topic?: PartnerTopic }>[] = [
    ...partnerTopics.map((topic) => ({ filter: {}, topic })),
    { filter: { minValue: '300' }, topic: 'partner-box-openings' },
  ]
  return [
    ...Object.entries(doors).flatMap(([name, open]) =>
      filters.flatMap((filter) => Array.from({ length: OF_EACH }, () => open(url, new Reader(name, filter)))),
    ),
    ...Object.entries(partnerDoors(key)).flatMap(([name, open]) =>
      wanted.map(({ filter, topic }) => open(url, new Reader(name, filter, topic))),
    ),
  ]
}

async function welcomed(followers: readonly Follower[]): Promise<void> {
  const until_ms = performance.now() + CAUGHT_UP_WITHIN_MS
  while (followers.some(({ reader }) => reader.start === undefined)) {
    if (performance.now() > until_ms) throw new Error('not every subscriber was welcomed')
    await delay(50)
  }
}

type Fault = Readonly<{ name: string; run(): Promise<void> }>

/** Everything that can happen to a subscriber, one thing after the other, each twice. Returns how many. */
async function suffer(
  cluster: Cluster,
  followers: readonly Follower[],
  random: Random,
  log: FeedRun['log'],
): Promise<number> {
  const some = () => followers.filter(() => random.below(2) === 0)
  const faults: readonly Fault[] = [
    {
      name: 'cut',
      run: async () => {
        cluster.proxy.cut('feed')
        for (const follower of some()) follower.cut()
      },
    },
    {
      name: 'pause',
      run: async () => {
        const paused = some()
        for (const follower of paused) follower.pause()
        await delay(PAUSE_MS)
        for (const follower of paused) follower.resume()
      },
    },
    {
      name: 'redis',
      run: async () => {
        await cluster.redis.kill()
        await delay(REDIS_AWAY_MS)
        await cluster.redis.start()
      },
    },
    {
      name: 'kill',
      run: async () => {
        const victim = random.pick(cluster.members)
        cluster.signal(victim, 'SIGKILL')
        await delay(CALM_MS)
        await cluster.replace(victim)
      },
    },
  ]
  const all = [...faults, ...faults]
  for (const [i, { name, run }] of all.entries()) {
    await delay(CALM_MS + random.below(CALM_MS))
    await run()
    const told = followers.reduce((sum, { reader }) => sum + reader.seqs.length, 0)
    log(`${String(i + 1).padStart(3)}/${all.length} ${name.padEnd(6)} ${told} events told so far`)
  }
  await delay(CALM_MS)
  return all.length
}

async function headOf(databaseUrl: string): Promise<bigint> {
  const [row] = await query<{ seq: string }>(databaseUrl, 'select seq from head')
  return BigInt(row!.seq)
}

/** Waits until everybody stands at the head; returns how many do not. */
async function behindAfter(followers: readonly Follower[], head: bigint): Promise<number> {
  const until_ms = performance.now() + CAUGHT_UP_WITHIN_MS
  const behind = () => followers.filter(({ reader }) => reader.at < head).length
  while (behind() > 0 && performance.now() < until_ms) await delay(50)
  return behind()
}
