import type { MemoryTables } from '../ledger/memory/tables.ts'
import type { Outcome, Receipt } from '../schema/outcome.ts'
import { Database } from './database.ts'
import { VirtualSource } from './entropy.ts'
import { History } from './history.ts'
import { Random } from './random.ts'
import { Schedule } from './schedule.ts'
import { Trace } from './trace.ts'
import { Weather } from './weather.ts'
import { Witness } from './witness.ts'

/** Something done to every commit on its way to the ledger, to see whether the simulator would notice. */
export type Mutation = (
  outcome: Outcome,
  submit: (outcome: Outcome) => Promise<Receipt>,
  tables: MemoryTables,
) => Promise<Receipt>

/** When every run begins: a Monday in November 2023. */
const START_MS = 1_700_470_800_000

/** How early, by the true time, a node may do something: what beats leave open where its own time is a little too fast. */
const EARLY_MS_MAX = 10

/** How far clocks on the wall are off. Nodes go by the database's time, so that it is to make no difference. */
const SKEW_MS = 300_000

/** One run: everything in it follows from the seed. */
export type World = Readonly<{
  seed: number
  random: Random
  schedule: Schedule
  trace: Trace
  weather: Weather
  database: Database
  history: History
  witness: Witness
  source: VirtualSource
  mutation: Mutation | undefined
  /** How far the clocks on the wall may be off, either way. */
  skew_ms: number
  goesByWall: boolean
  /** Ms since the run began. */
  elapsed(): number
  sleep(wait_ms: number): Promise<void>
}>

/** What is made worse than it is, to see whether the simulator would notice. */
export type Sabotage = Readonly<{ mutation?: Mutation; skew_ms?: number; goesByWall?: boolean }>

export function createWorld(seed: number, { mutation, skew_ms = SKEW_MS, goesByWall = false }: Sabotage): World {
  const random = new Random(`rollingdrop ${seed}`)
  const schedule = new Schedule(START_MS)
  const elapsed = () => schedule.now_ms - START_MS
  const trace = new Trace(elapsed)
  const weather = new Weather(random.fork('weather'))
  const database = new Database({ schedule, trace, weather })
  const history = new History(database.tables, trace, EARLY_MS_MAX)
  return {
    seed,
    random,
    schedule,
    trace,
    weather,
    database,
    history,
    mutation,
    skew_ms,
    goesByWall,
    elapsed,
    witness: new Witness(history, trace, () => schedule.now_ms, EARLY_MS_MAX),
    source: new VirtualSource(schedule, random.fork('entropy')),
    sleep: (wait_ms) => new Promise((resolve) => schedule.after(wait_ms, resolve)),
  }
}
