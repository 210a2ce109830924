import { performance } from 'node:perf_hooks'
import type { BattleLink, RollingDrop } from '../../client-sdk/api.ts'
import { live, playBattle, settled, until, type Besides, type Played, type Table } from './battle.ts'

/** What a scenario may use: `cut` breaks every socket whose path holds a text, and says how many. */
export type Tools = Readonly<{ cut(part: string): number }>

type Scenario = (players: readonly RollingDrop[], table: Table, tools: Tools) => Promise<Played>

/** Every scenario ends with all who took part having seen the same end, or rejects. */
export const scenarios = {
  /** Create, join and follow to the end. */
  play: (players, table) => playBattle(players, table),
  /** Create, look and call it off again. */
  create: createAndCancel,
  /** One player watches the others from the start. */
  watch: (players, table) => withSpectator(players, table, (spectator) => watching(spectator, table)),
  /** One player comes when rounds have been revealed already. */
  late: (players, table) => withSpectator(players, table, (spectator) => comingLate(spectator, table)),
  /** All sockets of a battle break in the middle of it. */
  reconnect: (players, table, tools) => playBattle(players, table, cutting(tools)),
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof scenarios
export const scenarioNames = Object.keys(scenarios) as ScenarioName[]

/** What the summary tells of, besides `create`, `join` and `battle`. */
export const extraTimes = ['cancel', 'watch', 'late', 'reconnect'] as const

async function createAndCancel(players: readonly RollingDrop[], { seats, rounds, kind }: Table): Promise<Played> {
  const [creator] = players as [RollingDrop]
  const began_ms = performance.now()
  const { id } = await creator.battles.create({ ...kind, rounds: [...rounds], seats })
  const create_ms = performance.now() - began_ms
  const link = creator.battles.watch(id)
  try {
    await live(link)
    const said_ms = performance.now()
    await link.cancel()
    const cancel_ms = performance.now() - said_ms
    await until(link, () => link.state?.phase === 'cancelled')
    return { ms: { create: [create_ms], cancel: [cancel_ms] }, verified: false }
  } finally {
    await link.close()
  }
}

/** The last of several players stays away from the table; alone at it, they watch themselves. */
function withSpectator(players: readonly RollingDrop[], table: Table, besides: (spectator: RollingDrop) => Besides) {
  const seated = players.length > 1 ? players.slice(0, -1) : players
  return playBattle(seated, table, besides(players.at(-1)!))
}

function watching(spectator: RollingDrop, { limit_ms }: Table): Besides {
  return async (id) => {
    const began_ms = performance.now()
    return following(spectator.battles.watch(id), async (link) => {
      await until(link, () => link.state !== null)
      const ms = { watch: [performance.now() - began_ms] }
      return { ms, ends: [await settled(link, limit_ms)] }
    })
  }
}

function comingLate(spectator: RollingDrop, { limit_ms }: Table): Besides {
  return async (id, [first]) => {
    await until(first!, () => first!.state !== null && first!.state.revealed > 0)
    const began_ms = performance.now()
    const seen = first!.state!.revealed
    return following(spectator.battles.watch(id), async (link) => {
      await until(link, () => link.state !== null)
      const ms = { late: [performance.now() - began_ms] }
      const { revealed, drops, seats } = link.state!
      if (revealed < seen || drops.length !== revealed * seats.length)
        throw new Error(
          `who came late to battle ${id} saw ${drops.length} prizes of ${revealed} rounds, not of ${seen}`,
        )
      return { ms, ends: [await settled(link, limit_ms)] }
    })
  }
}

async function following<T>(link: BattleLink, work: (link: BattleLink) => Promise<T>): Promise<T> {
  try {
    return await work(link)
  } finally {
    await link.close()
  }
}

function cutting({ cut }: Tools): Besides {
  return async (id, links) => {
    const [first] = links as [BattleLink]
    await until(first, () => first.state !== null && first.state.revealed > 0)
    const began_ms = performance.now()
    if (cut(`battle-${id}`) === 0) throw new Error('the sockets of this server do not lead through the proxy before it')
    const back = await Promise.all(links.map((link) => backAgain(link)))
    return { ms: { reconnect: back.flatMap((at_ms) => (at_ms === undefined ? [] : at_ms - began_ms)) }, ends: [] }
  }
}

/** When it was live again; undefined when the battle was over for it before the cut. */
async function backAgain(link: BattleLink): Promise<number | undefined> {
  try {
    await until(link, () => link.status === 'reconnecting')
    await live(link)
    return performance.now()
  } catch (error) {
    if (link.state?.phase === 'settled') return undefined
    throw error
  }
}
