import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster, Member } from './battles-cluster.ts'
import type { Players } from './battles-players.ts'
import { battlesOf, resumed, type Resumed } from './battles-resume.ts'

export const faults = ['kill', 'freeze', 'drain', 'redis', 'postgres'] as const
export type Fault = (typeof faults)[number]

/** What a fault did: for those of a node how long its battles stood still, for the others how many ended meanwhile. */
export type Done = Readonly<{ fault: Fault; resumed: Resumed; words: string }>

/** Past the lease of 1.2 s, so that others have taken over before it wakes. */
const FREEZE_MS = 4_000
/** A frozen one that has woken finds out here that it is not wanted any more. */
const AWAKE_MS = 1_500
const AWAY_MS = 3_000
/** For one lease after Postgres was away no node takes anything over from another. */
const QUIET_MS = 2_000
const GOES_ON_WITHIN_MS = 20_000
const NOBODY: Resumed = { ms: [], never: 0 }

/** Lets one thing happen, waits until the battles go on, and puts back what was broken. */
export async function suffer(fault: Fault, cluster: Cluster, players: Players, victim: Member): Promise<Done> {
  switch (fault) {
    case 'kill':
      return ofNode(fault, victim, await strike(cluster, players, victim, 'SIGKILL'), () => cluster.replace(victim))
    case 'drain':
      return ofNode(fault, victim, await strike(cluster, players, victim, 'SIGTERM'), () => cluster.replace(victim))
    case 'freeze': {
      const began_ms = performance.now()
      const result = await strike(cluster, players, victim, 'SIGSTOP')
      return ofNode(fault, victim, result, async () => {
        await delay(Math.max(0, began_ms + FREEZE_MS - performance.now()))
        cluster.signal(victim, 'SIGCONT')
        await delay(AWAKE_MS)
      })
    }
    case 'redis': {
      const before = players.finished
      await cluster.redis.kill()
      await delay(AWAY_MS)
      const ended = players.finished - before
      await cluster.redis.start()
      // Nothing of a battle needs it: all must go on as if it were there.
      return { fault, resumed: { ms: [], never: ended > 0 ? 0 : 1 }, words: `${ended} battles ended without it` }
    }
    case 'postgres': {
      await cluster.stopPostgres()
      await delay(AWAY_MS)
      await cluster.startPostgres()
      const words = `the next battle ended after ${await nextEnd(players)} ms`
      await delay(QUIET_MS)
      return { fault, resumed: NOBODY, words }
    }
    default:
      return fault satisfies never
  }
}

async function strike(cluster: Cluster, players: Players, victim: Member, signal: NodeJS.Signals): Promise<Resumed> {
  const process = cluster.proxy.processAt(victim.port)
  if (process === undefined) throw new Error(`${victim.name} cannot be reached`)
  const affected = await battlesOf(cluster.databaseUrl, process, players.watchers)
  const since_ms = performance.now()
  cluster.signal(victim, signal)
  return resumed(affected, since_ms)
}

async function ofNode(fault: Fault, { name }: Member, result: Resumed, repair: () => Promise<void>): Promise<Done> {
  await repair()
  const words = `${name} had ${result.ms.length + result.never} battles: ${inWords(result.ms)}`
  return {
    fault,
    resumed: result,
    words: result.never > 0 ? `${words}; ${result.never} clients did not come back` : words,
  }
}

/** Ms until another battle has come to its end. Throws when that takes too long. */
async function nextEnd(players: Players): Promise<number> {
  const [before, began_ms] = [players.finished, performance.now()]
  while (players.finished === before) {
    if (performance.now() - began_ms > GOES_ON_WITHIN_MS) throw new Error('no battle went on after Postgres was back')
    await delay(20)
  }
  return Math.round(performance.now() - began_ms)
}

/** The value that half of all do not exceed, and the greatest, in whole ms; null where there is none. */
export function figures(ms: readonly number[]): Readonly<{ p50: number | null; max: number | null }> {
  const sorted = ms.toSorted((a, b) => a - b).map(Math.round)
  return { p50: sorted[Math.ceil(sorted.length / 2) - 1] ?? null, max: sorted.at(-1) ?? null }
}

function inWords(ms: readonly number[]): string {
  const { p50, max } = figures(ms)
  return p50 === null ? 'none' : `p50 ${p50} ms, max ${max} ms`
}
