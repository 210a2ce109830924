import { performance } from 'node:perf_hooks'
import type { BattleLink, RollingDrop } from '../../client-sdk/api.ts'
import type { BattleState } from '../../schema/battle-state.ts'
import type { Kind } from './mix.ts'

/** A table: `seats` seats for the players and, where they are fewer, bots; one round for each of `rounds` (box ids). */
export type Table = Readonly<{
  seats: number
  rounds: readonly string[]
  /** Left out: one against the other, the highest total wins. */
  kind?: Kind
  /** Whether the result is fetched and recomputed. */
  verify: boolean
  /** All must be over within this time. */
  limit_ms: number
}>

/** How long things took, in ms, by what they are called in the summary. */
export type Times = Readonly<Record<string, readonly number[]>>

/** How a battle went. `join`: from saying it to the committed reply. `battle`: from creating it until all saw it settled. */
export type Played = Readonly<{ ms: Times; verified: boolean }>

/** Something that is done to a battle while it is played. `ends`: what those saw who were not at the table. */
export type Besides = (battle: string, links: readonly BattleLink[]) => Promise<Readonly<{ ms: Times; ends: string[] }>>

const nothing: Besides = async () => ({ ms: {}, ends: [] })

/**
 * One battle of real play: the first player creates it, the others join it, bots take what is left, and all follow it until it
 * is settled. Rejects when it does not come to its end in time, when players see different ends, or when it cannot be verified.
 */
export async function playBattle(
  players: readonly RollingDrop[],
  table: Table,
  besides: Besides = nothing,
): Promise<Played> {
  const started_ms = performance.now()
  const [creator, ...others] = players as [RollingDrop, ...RollingDrop[]]
  const { ref: id } = await creator.battles.create({ ...table.kind, rounds: [...table.rounds], seats: table.seats })
  const create_ms = performance.now() - started_ms
  const links = players.map((player) => player.battles.watch(id))
  try {
    const ends = Promise.all(links.map((link) => settled(link, table.limit_ms)))
    const taken = takeSeats(links, others.length, table)
    const [ownEnds, join, beside] = await Promise.all([ends, taken, besides(id, links)])
    const battle_ms = performance.now() - started_ms
    if (new Set([...ownEnds, ...beside.ends]).size > 1) throw new Error(`players saw different ends of battle ${id}`)
    if (table.verify) await verify(creator, id, ownEnds[0]!)
    return { ms: { create: [create_ms], join, battle: [battle_ms], ...beside.ms }, verified: table.verify }
  } finally {
    await Promise.all(links.map((link) => link.close()))
  }
}

/** Seats the others, then the bots. @returns how long each join took, in ms */
async function takeSeats(links: readonly BattleLink[], others: number, { seats, kind }: Table): Promise<number[]> {
  const join_ms = await Promise.all(
    links.slice(1).map(async (link, index) => {
      await live(link)
      const said_ms = performance.now()
      await link.join(index + 1, undefined, kind?.borrowMax)
      return performance.now() - said_ms
    }),
  )
  await live(links[0]!)
  for (let seat = others + 1; seat < seats; seat++) await links[0]!.callBot(seat)
  return join_ms
}

export function live(link: BattleLink): Promise<void> {
  return until(link, () => link.status === 'live')
}

/** Resolves with what the players must agree on: who won, and the seed that proves it. */
export async function settled(link: BattleLink, limit_ms: number): Promise<string> {
  const late = Promise.withResolvers<never>()
  const words = () => `battle ${link.id} is ${link.state?.phase ?? 'unseen'} (${link.status}) after ${limit_ms} ms`
  const timer = setTimeout(() => late.reject(new Error(words())), limit_ms)
  try {
    await Promise.race([until(link, () => link.state?.phase === 'settled'), late.promise])
    return endOf(link.state!)
  } finally {
    clearTimeout(timer)
  }
}

function endOf({ winners, serverSeed, pot }: BattleState): string {
  return `${[...winners].join(',')} ${pot} ${serverSeed}`
}

/** Resolves as soon as `isSo`; rejects when the link closes before. */
export function until(link: BattleLink, isSo: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const so = isSo()
      if (!so && link.status !== 'closed') return
      offChange()
      offStatus()
      if (so) resolve()
      else reject(new Error(`the way to battle ${link.id} was closed while it was ${link.state?.phase ?? 'unseen'}`))
    }
    const offChange = link.onChange(look)
    const offStatus = link.onStatus(look)
    look()
  })
}

async function verify(player: RollingDrop, id: string, end: string): Promise<void> {
  const { proof, pot } = await player.battles.get(id)
  const { ok, stages } = await player.verify(proof)
  const faults = stages.filter((stage) => !stage.ok).map(({ name, detail }) => `${name}: ${detail}`)
  if (!ok) throw new Error(`battle ${id} does not verify: ${faults.join('; ')}`)
  const published = `${proof.winners.join(',')} ${pot} ${proof.serverSeed}`
  if (published !== end) throw new Error(`battle ${id} was published with another end than its players saw`)
}
