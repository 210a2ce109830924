import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { query } from '../bench/bench-database.ts'
import type { Watcher } from './battles-players.ts'

/** A battle a node acts for, and who is there, just before something happens to that node. */
export type Affected = Readonly<{ battle: string; epoch: number; watchers: readonly Watcher[] }>

/** `ms`: of each battle, from the signal until the last of its clients heard something of a later activation. */
export type Resumed = Readonly<{ ms: readonly number[]; never: number }>

const WITHIN_MS = 15_000

/** The battles of a process that somebody follows just now and that are not over for them. */
export async function battlesOf(
  databaseUrl: string,
  process: string,
  watchers: Iterable<Watcher>,
): Promise<readonly Affected[]> {
  const rows = await query<{ id: string; epoch: number }>(
    databaseUrl,
    `select a.id, a.epoch from actor a join node n on n.id = a.node where n.process = $1 and a.kind = 'battle'`,
    [process],
  )
  const live = Map.groupBy(
    [...watchers].filter(({ link }) => link.status === 'live' && !isOver(link)),
    ({ battle }) => battle,
  )
  return rows.flatMap(({ id, epoch }) => {
    const battle = id.slice('battle-'.length)
    const here = live.get(battle)
    return here ? [{ battle, epoch, watchers: here }] : []
  })
}

/** Waits until every client of these battles has heard of a later activation than the one it was in at `since_ms`. */
export async function resumed(affected: readonly Affected[], since_ms: number): Promise<Resumed> {
  const until_ms = since_ms + WITHIN_MS
  const isOpen = ({ epoch, watchers }: Affected) =>
    watchers.some((watcher) => heardAfter(watcher, epoch) === undefined && watcher.link.status !== 'closed')
  while (affected.some(isOpen) && performance.now() < until_ms) await delay(10)
  const ms: number[] = []
  let never = 0
  for (const { epoch, watchers } of affected) {
    const heard = watchers.map((watcher) => heardAfter(watcher, epoch))
    // What was on its way when the signal came may have told them the end.
    const missed = watchers.filter((watcher, i) => heard[i] === undefined && !isOver(watcher.link))
    never += missed.length
    const later = heard.filter((at_ms) => at_ms !== undefined)
    if (missed.length === 0 && later.length > 0) ms.push(Math.max(...later) - since_ms)
  }
  return { ms, never }
}

function heardAfter({ heard_ms }: Watcher, epoch: number): number | undefined {
  const later = [...heard_ms].filter(([of]) => of > epoch).map(([, at_ms]) => at_ms)
  return later.length > 0 ? Math.min(...later) : undefined
}

function isOver({ state }: Watcher['link']): boolean {
  return state?.phase === 'settled' || state?.phase === 'cancelled'
}
