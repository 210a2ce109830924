import { performance } from 'node:perf_hooks'
import { Crowd, type CrowdOptions } from './crowd.ts'

type Options = CrowdOptions & Readonly<{ clients: number; seconds: number }>

const PROGRESS_MS = 2000

/** Plays with `clients` players for `seconds`, says every 2 s how it goes, and returns what came of it. */
export async function headless({
  clients,
  seconds,
  ...options
}: Options): Promise<Readonly<Record<string, number | null>>> {
  const { log } = options
  const crowd = new Crowd(options)
  log(`making ${clients} guests`)
  const players = await crowd.players(clients)
  const started_ms = performance.now()
  const elapsed_s = () => (performance.now() - started_ms) / 1000
  const progress = setInterval(() => log(lineOf(crowd, elapsed_s())), PROGRESS_MS)
  try {
    await crowd.playAll(players, started_ms + seconds * 1000)
  } finally {
    clearInterval(progress)
    await Promise.all(players.map((player) => player.close()))
  }
  log(lineOf(crowd, elapsed_s()))
  return crowd.summary(elapsed_s())
}

function lineOf(crowd: Crowd, seconds: number): string {
  const { battles_per_s, joins_per_s, battle_p95_ms } = crowd.summary(seconds)
  const rates = `${battles_per_s} battles/s, ${joins_per_s} joins/s, battle p95 ${battle_p95_ms ?? '–'} ms`
  return `${seconds.toFixed(0)} s: ${crowd.battles} battles, ${crowd.failed} failed, ${rates}`
}
