import { MemoryActors } from '../ledger/memory/actors.ts'
import { MemoryStore } from '../ledger/memory/lane.ts'
import { MemoryReader } from '../ledger/memory/reader.ts'
import { MemoryTables } from '../ledger/memory/tables.ts'
import type { Machine } from './machine.ts'
import type { Schedule } from './schedule.ts'
import type { Trace } from './trace.ts'
import type { Weather } from './weather.ts'

/** A node as the others see it: alive while its lease runs and the session that holds its lock stands. */
export type NodeRow = {
  readonly id: string
  readonly address: string
  lease_until_ms: number
  draining: boolean
  load: number
  locked: boolean
}

/** How long it takes until somebody notices that the other end has gone, at most. */
const NOTICE_MS = 500

type Parts = Readonly<{ schedule: Schedule; trace: Trace; weather: Weather }>

/** What all nodes share: the tables of the ledger and who is alive, at the other end of a network. */
export class Database {
  readonly schedule: Schedule
  readonly tables: MemoryTables
  readonly actors: MemoryActors
  readonly reader: MemoryReader
  readonly store: MemoryStore
  readonly nodes = new Map<string, NodeRow>()
  /** Told when every session ends, because the database went away. */
  readonly sessions = new Set<() => void>()
  readonly #trace: Trace
  readonly #weather: Weather
  #isAway = false

  constructor({ schedule, trace, weather }: Parts) {
    this.schedule = schedule
    this.#trace = trace
    this.#weather = weather
    this.tables = new MemoryTables({ now_ms: () => schedule.now_ms })
    this.actors = new MemoryActors(this.tables, (node) => this.isLive(node))
    this.reader = new MemoryReader(this.tables)
    this.store = new MemoryStore(this.tables)
  }

  isLive(node: string): boolean {
    const row = this.nodes.get(node)
    return row !== undefined && row.locked && row.lease_until_ms > this.schedule.now_ms
  }

  /** Nobody reaches it any more, and what had not committed never does. */
  goAway(): void {
    this.#isAway = true
    for (const row of this.nodes.values()) row.locked = false
    for (const end of this.sessions) end()
  }

  comeBack(): void {
    this.#isAway = false
  }

  /**
   * Asks from `machine`: the question travels, is answered here, and the answer travels back. Either may be lost on the way,
   * which the machine learns by an error that does not say which, and this end by `broke`.
   */
  ask<T>(machine: Machine, what: string, question: () => T | Promise<T>, broke = () => {}): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = () => {
        const wait_ms = 1 + (this.#weather.near_ms % NOTICE_MS)
        this.schedule.after(wait_ms, broke)
        this.schedule.after(wait_ms, () => machine.enter(() => reject(new Error(`${what}: the connection broke`))))
      }
      const arrive = async (): Promise<void> => {
        if (this.#isAway || this.#weather.loses || (machine.isDead && !this.#weather.survives)) return fail()
        this.#trace.note(`${machine.name} → database: ${what}`)
        try {
          const answer = await question()
          if (this.#isAway || this.#weather.loses) return fail()
          this.schedule.after(this.#weather.near_ms, () => machine.enter(() => resolve(answer)))
        } catch (error) {
          this.schedule.after(this.#weather.near_ms, () => machine.enter(() => reject(error)))
        }
      }
      this.schedule.after(this.#weather.near_ms, () => void arrive())
    })
  }
}
