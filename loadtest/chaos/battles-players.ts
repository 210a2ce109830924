import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { BattleLink, RollingDrop } from '../../client-sdk/api.ts'
import { connect } from '../../client-sdk/connect.ts'
import { memoryTokens } from '../../client-sdk/tokens.ts'
import { RollingDropError } from '../../schema/errors.ts'
import { playBattle } from '../scenario/battle.ts'
import { mixed } from '../scenario/mix.ts'
import { Random } from './random.ts'

/** Somebody who follows a battle: when they first heard something of each activation, by its epoch. */
export type Watcher = {
  readonly battle: string
  readonly link: BattleLink
  /** Of the last seat they were given; Infinity for the room of a battle that is over. */
  epoch: number
  readonly heard_ms: Map<number, number>
}

const GUESTS_AT_ONCE = 20
const BATTLE_LIMIT_MS = 45_000
const AFTER_FAILURE_MS = 250
const ROUNDS = { least: 2, more: 4 }

/** Players at tables of two to four seats, bots at some, who play one battle after the other through whatever happens. */
export class Players {
  /** Battles whose creation was acknowledged. */
  readonly created = new Set<string>()
  readonly watchers = new Set<Watcher>()
  /** Whoever did not see a battle to its end, in words. */
  readonly stranded: string[] = []
  finished = 0
  /** Creations and joins that were refused after all retries, by their code. */
  readonly refused = new Map<string, number>()
  readonly #url: string
  readonly #random: Random
  #players: RollingDrop[] = []
  #tables: Promise<void>[] = []
  #stopped = false

  constructor(url: string, seed: number) {
    this.#url = url
    this.#random = new Random(`players ${seed}`)
  }

  async enter(count: number): Promise<void> {
    while (this.#players.length < count) {
      const more = Math.min(GUESTS_AT_ONCE, count - this.#players.length)
      this.#players.push(...(await Promise.all(Array.from({ length: more }, () => this.#guest()))))
    }
  }

  async play(): Promise<void> {
    const boxes = await cheapest(this.#players[0]!)
    for (let next = 0; next < this.#players.length;) {
      const seats = 2 + this.#random.below(3)
      const here = this.#players.slice(next, next + 1 + this.#random.below(seats))
      next += here.length
      this.#tables.push(this.#table(here, seats, boxes, new Random(`table ${next} ${this.#random.below(1e9)}`)))
    }
  }

  /** Lets every table play its battle to the end. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#tables)
    await Promise.all(this.#players.map((player) => player.close()))
  }

  async #table(players: readonly RollingDrop[], seats: number, boxes: readonly string[], random: Random) {
    for (let own = 1; !this.#stopped; own++) {
      const length = ROUNDS.least + random.below(ROUNDS.more)
      const rounds = Array.from({ length }, () => random.pick(boxes))
      try {
        const table = { ...mixed(random.below(1_000), seats), rounds, verify: own % 8 === 0 }
        await playBattle(players, { ...table, limit_ms: BATTLE_LIMIT_MS })
        this.finished++
      } catch (error) {
        if (error instanceof RollingDropError) this.refused.set(error.code, (this.refused.get(error.code) ?? 0) + 1)
        else this.stranded.push(error instanceof Error ? error.message : String(error))
        await delay(AFTER_FAILURE_MS)
      }
    }
  }

  async #guest(): Promise<RollingDrop> {
    const seats = new Map<string, number>()
    const own = connect(this.#url, { tokens: memoryTokens(), fetch: noting(seats) })
    await own.user()
    return {
      ...own,
      battles: {
        ...own.battles,
        create: async (battle) => {
          const made = await own.battles.create(battle)
          this.created.add(made.id)
          return made
        },
        watch: (id) => this.#follow(own.battles.watch(id), seats),
      },
    }
  }

  #follow(link: BattleLink, seats: ReadonlyMap<string, number>): BattleLink {
    const watcher: Watcher = { battle: link.id, link, epoch: 0, heard_ms: new Map() }
    this.watchers.add(watcher)
    link.onChange(() => {
      watcher.epoch = seats.get(link.id) ?? 0
      if (!watcher.heard_ms.has(watcher.epoch)) watcher.heard_ms.set(watcher.epoch, performance.now())
    })
    link.onStatus((status) => status === 'closed' && this.watchers.delete(watcher))
    return link
  }
}

/** A fetch that notes of which activation each seat is: the room is called by its epoch. */
function noting(seats: Map<string, number>): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    const battle = /\/actors\/battle\/([\w-]+)\/seat(?:\?|$)/.exec(addressOf(input))?.[1]
    if (battle === undefined || !response.ok) return response
    const { roomId } = (await response.clone().json()) as { roomId?: string }
    const epoch = /-(\d+)$/.exec(roomId?.slice(`battle-${battle}`.length) ?? '')?.[1]
    if (roomId !== undefined) seats.set(battle, epoch === undefined ? Infinity : Number(epoch))
    return response
  }
}

function addressOf(input: Parameters<typeof fetch>[0]): string {
  if (typeof input === 'string') return input
  return input instanceof URL ? input.href : input.url
}

async function cheapest(player: RollingDrop): Promise<string[]> {
  const boxes = (await player.boxes.catalog()).toSorted((a, b) => Number(a.price) - Number(b.price))
  return boxes.flatMap(({ id, asset }) => (asset === boxes[0]!.asset ? [id] : [])).slice(0, 2)
}
