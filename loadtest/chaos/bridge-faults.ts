import { setTimeout as delay } from 'node:timers/promises'
import { sinks, type BridgeCursors, type SinkName } from './bridge-cursors.ts'
import { moments, sinkOf, type Moment } from './bridge-moment.ts'
import type { BridgeNode, BridgeNodes } from './bridge-nodes.ts'
import type { BridgeServices, ServiceName } from './bridge-services.ts'
import type { Random } from './random.ts'

/**
 * A leader killed at each moment and at none in particular, a service killed; the leader frozen past its lease, where only
 * the fence is left against it, or past the time-out of its transaction, and then sometimes every node with it.
 */
const faults = [...moments, 'leader', 'broker', 'clickhouse', 'postgres', 'nap', 'freeze'] as const
export type Fault = (typeof faults)[number]

export type Site = Readonly<{ services: BridgeServices; nodes: BridgeNodes; cursors: BridgeCursors; random: Random }>

/**
 * `handover_ms`: until what was committed when a leader fell was with every sink, if others were there to follow it: one node
 * may lead both.
 * `recovery_ms`: the same from the moment on at which all that had gone was there again.
 */
export type Done = Readonly<{ handover_ms?: number; recovery_ms?: number; words: string }>

/** Past the lease of 1.2 s, and within the time-out of a transaction. */
const NAP_MS = 5_000
/** Past the time-out of a transaction, which is 10 s, and past the broker's next look at it. */
const FREEZE_MS = 11_500
/** One that has woken finds out here that it is not wanted any more. */
const AWAKE_MS = 1_500
const AWAY_MS = 1_500
const ANYWHERE_MS = 400

/** Which happens when, by the seed: all kinds in turn, shuffled, so that of few at most one is a long freeze. */
export function drawFaults(random: Random, kills: number): readonly Fault[] {
  const drawn: Fault[] = []
  while (drawn.length < kills) {
    // Between send and commit is where it hurts most: no run goes without it.
    const deck: Fault[] = drawn.length === 0 ? faults.filter((fault) => fault !== 'sent') : [...faults]
    if (drawn.length === 0) drawn.push('sent')
    while (deck.length > 0) drawn.push(...deck.splice(random.below(deck.length), 1))
  }
  return drawn.slice(0, kills)
}

/** Lets one thing happen and waits until every sink has all that was committed by then. */
export async function suffer(fault: Fault, site: Site): Promise<Done> {
  switch (fault) {
    case 'broker':
    case 'clickhouse':
    case 'postgres':
      return crash(fault, site)
    case 'leader':
      return killAnywhere(site, site.random.pick(sinks))
    case 'freeze':
      return site.random.below(3) === 0 ? freezeAll(site) : freezeLeader(site, FREEZE_MS)
    case 'nap':
      return freezeLeader(site, NAP_MS)
    case 'sent':
    case 'committed':
    case 'named':
    case 'inserted': {
      const leader = await leaderOf(site, sinkOf[fault])
      await leader.holdAt(fault)
      return fell(site, leader, sinkOf[fault], `killed ${where[fault]}`)
    }
  }
  return fault satisfies never
}

const where: Readonly<Record<Moment, string>> = {
  sent: 'between send and commit',
  committed: 'between commit and cursor',
  named: 'between chunk and insert',
  inserted: 'between insert and cursor',
}

async function crash(name: ServiceName, { services, cursors, random }: Site): Promise<Done> {
  const away_ms = random.below(AWAY_MS)
  const began = performance.now()
  await services.crash(name, away_ms)
  const up_ms = Math.round(performance.now() - began)
  const took = await cursors.caughtUp()
  const words = `killed, up again after ${up_ms} ms; then ${inWords(took)}`
  return { recovery_ms: Math.max(...Object.values(took)), words }
}

async function killAnywhere(site: Site, sink: SinkName): Promise<Done> {
  const leader = await leaderOf(site, sink)
  await delay(site.random.below(ANYWHERE_MS))
  return fell(site, leader, sink, 'killed anywhere')
}

async function fell({ nodes, cursors }: Site, leader: BridgeNode, sink: SinkName, how: string): Promise<Done> {
  await leader.kill()
  const took = await cursors.caughtUp()
  await nodes.revive()
  return { handover_ms: Math.max(...Object.values(took)), words: `leader of ${sink} ${how}; ${inWords(took)}` }
}

async function freezeLeader(site: Site, for_ms: number): Promise<Done> {
  const moment = site.random.pick(['sent', 'named'] as const)
  const sink = sinkOf[moment]
  const leader = await leaderOf(site, sink)
  await leader.holdAt(moment)
  leader.freeze()
  const began = performance.now()
  const took = await site.cursors.caughtUp()
  await delay(Math.max(0, began + for_ms - performance.now()))
  leader.goOn()
  await delay(AWAKE_MS)
  const words = `leader of ${sink} frozen for ${for_ms} ms ${where[moment]}; ${inWords(took)}`
  return { handover_ms: Math.max(...Object.values(took)), words }
}

/** As when the whole machine stands still: nobody takes over, and the broker itself ends what is open. */
async function freezeAll(site: Site): Promise<Done> {
  const leader = await leaderOf(site, 'kafka')
  await leader.holdAt('sent')
  for (const node of site.nodes.all) node.freeze()
  await delay(FREEZE_MS)
  for (const node of site.nodes.all) node.goOn()
  const took = await site.cursors.caughtUp()
  const words = `every node frozen for ${FREEZE_MS} ms, the leader of kafka ${where.sent}; ${inWords(took)}`
  return { recovery_ms: Math.max(...Object.values(took)), words }
}

async function leaderOf({ cursors, nodes }: Site, sink: SinkName): Promise<BridgeNode> {
  const pid = await cursors.leaderOf(sink)
  const leader = nodes.find(pid)
  if (!leader) throw new Error(`the leader of ${sink}, process ${pid}, is not one of ours`)
  return leader
}

function inWords(took: Readonly<Record<SinkName, number>>): string {
  return sinks.map((sink) => `${sink} goes on after ${took[sink]} ms`).join(', ')
}
