import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { RollingDrop } from '../client-sdk/api.ts'
import { connect } from '../client-sdk/connect.ts'
import { memoryTokens } from '../client-sdk/tokens.ts'
import { RollingDropError } from '../schema/errors.ts'
import { Latency } from './latency.ts'
import type { Played } from './scenario/battle.ts'
import { mixed } from './scenario/mix.ts'
import { scenarioNames, scenarios, type ScenarioName, type Tools } from './scenario/scenarios.ts'

export type CrowdOptions = Readonly<{
  /** `http://127.0.0.1:<port>` */
  url: string
  seats: number
  rounds: number
  /** `mixed`: each table plays battles of every mode and option, one after the other. */
  kinds: 'mixed' | 'standard'
  /** `mixed`: each table plays one after the other. */
  scenario: ScenarioName | 'mixed'
  /** Needed by `reconnect`: sockets that can be cut. */
  tools?: Tools
  /** Every how many-th battle of a table is verified; 0 none. */
  verifyEvery: number
  /** How many battles begin at most. */
  battles: number
  log: (line: string) => void
}>

/** Far beyond what hundreds of tables on a busy machine take: what is not over by then hangs. */
const BATTLE_LIMIT_MS = 60_000
const AFTER_FAILURE_MS = 250
const FAULTS_SHOWN = 10
const GUESTS_AT_ONCE = 20

/** Players at tables, each table playing one battle after the other, and what came of it. */
export class Crowd {
  /** By name; those every summary has come first. */
  readonly latencies = new Map(['create', 'join', 'battle'].map((name) => [name, new Latency()]))
  battles = 0
  joins = 0
  verified = 0
  failed = 0
  #begun = 0
  #options: CrowdOptions
  #boxes: string[] = []

  constructor(options: CrowdOptions) {
    this.#options = options
  }

  /** `count` new guests, a few at a time. */
  async players(count: number): Promise<RollingDrop[]> {
    const all: RollingDrop[] = []
    while (all.length < count) {
      const more = Math.min(GUESTS_AT_ONCE, count - all.length)
      all.push(...(await Promise.all(Array.from({ length: more }, () => this.player()))))
    }
    return all
  }

  async player(): Promise<RollingDrop> {
    const player = connect(this.#options.url, { tokens: memoryTokens() })
    await player.user()
    if (this.#boxes.length === 0) this.#boxes = await cheapestFirst(player)
    return player
  }

  /** Seats all players at tables, the last of which bots may have to fill, and plays until `until_ms` (performance.now()). */
  async playAll(players: readonly RollingDrop[], until_ms: number): Promise<void> {
    const { seats } = this.#options
    const tables = Array.from({ length: Math.ceil(players.length / seats) }, (_, i) =>
      players.slice(i * seats, (i + 1) * seats),
    )
    await Promise.all(tables.map((table) => this.play(table, until_ms)))
  }

  /** Plays at one table until time or battles run out. Resolves when the last battle there is over. */
  async play(players: readonly RollingDrop[], until_ms: number): Promise<void> {
    const { battles, verifyEvery } = this.#options
    for (let own = 0; performance.now() < until_ms && this.#begun < battles; own++) {
      this.#begun++
      try {
        this.#note(await this.#one(players, own, verifyEvery > 0 && own % verifyEvery === 0))
      } catch (error) {
        if (isBroke(error)) await Promise.all(players.map((player) => player.logout()))
        else this.#fault(error)
        await delay(AFTER_FAILURE_MS)
      }
    }
  }

  summary(seconds: number): Record<string, number | null> {
    return {
      seconds: rounded(seconds),
      battles: this.battles,
      failed: this.failed,
      verified: this.verified,
      battles_per_s: rounded(this.battles / seconds),
      joins_per_s: rounded(this.joins / seconds),
      ...Object.assign({}, ...[...this.latencies].map(([name, latency]) => latency.summary(name))),
    }
  }

  #one(players: readonly RollingDrop[], nth: number, verify: boolean): Promise<Played> {
    const { seats, rounds, kinds, scenario, tools = { cut: () => 0 } } = this.#options
    const name = scenario === 'mixed' ? scenarioNames[nth % scenarioNames.length]! : scenario
    const boxes = Array.from({ length: rounds }, (_, round) => this.#boxes[round % this.#boxes.length]!)
    const table = { ...(kinds === 'mixed' ? mixed(this.#begun, seats) : { seats }), rounds: boxes, verify }
    return scenarios[name](players, { ...table, limit_ms: BATTLE_LIMIT_MS }, tools)
  }

  #note({ ms, verified }: Played): void {
    this.battles++
    this.joins += ms['join']?.length ?? 0
    this.verified += Number(verified)
    for (const [name, times] of Object.entries(ms)) {
      const latency = this.latencies.get(name) ?? new Latency()
      this.latencies.set(name, latency)
      for (const each of times) latency.add(each)
    }
  }

  #fault(error: unknown): void {
    this.failed++
    const what = error instanceof RollingDropError ? `${error.code}: ${error.message}` : String(error)
    if (this.failed <= FAULTS_SHOWN) this.#options.log(`a battle failed: ${what}`)
  }
}

/** A guest who has lost all the play credits makes room for a new one. */
function isBroke(error: unknown): boolean {
  return error instanceof RollingDropError && error.code === 'ledger/insufficient'
}

/** The two cheapest boxes that cost the same money. */
async function cheapestFirst(player: RollingDrop): Promise<string[]> {
  const boxes = (await player.boxes.catalog()).toSorted((a, b) => Number(BigInt(a.price) - BigInt(b.price)))
  const same = boxes.filter(({ asset }) => asset === boxes[0]?.asset)
  if (same.length === 0) throw new Error('the catalog has no boxes to open')
  return same.slice(0, 2).map(({ id }) => id)
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
