import { randomBytes, randomUUID } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { Pool } from 'pg'
import { houseEdgeOf } from '../game/box/exact.ts'
import type { TenantId } from '../schema/account.ts'
import type { BoxContents, BoxReport } from '../schema/box-admin.ts'
import { boxOf, hashContents } from '../schema/box-contents.ts'
import { RollingDropError } from '../schema/errors.ts'
import { toJson } from '../schema/json.ts'
import type { SimulationNews, SimulationOrder } from './simulate-worker.ts'

type Parts = Readonly<{
  pool: Pool
  /** Openings of one simulation. */
  draws: number
  /** Told of what no caller hears of. */
  failed: (error: unknown) => void
}>

/** Simulations at once on one node: each takes a core for some seconds. */
const RUNNING_MAX = 2
/** How often it is written down how far one is. */
const PROGRESS_MS = 250
/** Without a sign of life for so long a simulation has gone with its node. */
const SILENCE_S = 15

type Row = Readonly<Omit<BoxReport, 'state' | 'exact'> & { exact: BoxReport['exact']; silent: boolean; run: string }>

/** Reports on the odds of drafts: exact figures at once, and openings simulated in a thread of their own. */
export class Reports {
  readonly #parts: Parts
  readonly #running = new Map<Worker, Promise<unknown>>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The report on exactly these contents, also while it is drawn on another node. Undefined when there is none. */
  async find(tenant: TenantId, id: string, hash: string): Promise<BoxReport | undefined> {
    const { rows } = await this.#parts.pool.query<Row>(
      `select id, hash, run, seed, draws, drawn, exact, simulation,
         touched_at < now() - make_interval(secs => $4) as silent
       from box_report where tenant = $1 and id = $2 and hash = $3`,
      [tenant, id, hash, SILENCE_S],
    )
    return rows[0] && reportOf(rows[0])
  }

  /**
   * Begins a report on these contents, with a seed of its own; one that agrees, or is being drawn, stays. The contents are fit to be
   * drawn from. Throws `server/busy` when enough are being drawn here.
   */
  async begin(tenant: TenantId, id: string, contents: BoxContents): Promise<BoxReport> {
    const hash = hashContents(id, contents)
    const known = await this.find(tenant, id, hash)
    if (known && (known.state === 'running' || this.#isEnough(known))) return known
    if (this.#running.size >= RUNNING_MAX) throw new RollingDropError('server/busy')
    const { pool, draws } = this.#parts
    const box = boxOf(id, 0, contents)
    const [run, seed] = [randomUUID(), randomBytes(32).toString('hex')]
    await pool.query(
      `insert into box_report(tenant, id, hash, run, seed, draws, drawn, exact) values ($1, $2, $3, $4, $5, $6, 0, $7)
       on conflict (tenant, id, hash) do update set run = excluded.run, seed = excluded.seed, draws = excluded.draws,
         drawn = 0, exact = excluded.exact, simulation = null, touched_at = now()`,
      [tenant, id, hash, run, seed, draws, toJson(houseEdgeOf(box))],
    )
    this.#draw(run, { box, seed, draws })
    return (await this.find(tenant, id, hash))!
  }

  /** Whether a report says that the contents may be published. */
  async allows(tenant: TenantId, id: string, contents: BoxContents): Promise<boolean> {
    const report = await this.find(tenant, id, hashContents(id, contents))
    return report !== undefined && this.#isEnough(report)
  }

  /** Ends what is being drawn: whoever wants it asks again, on any node. */
  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((worker) => worker.terminate()))
    await Promise.allSettled(this.#running.values())
  }

  #isEnough({ simulation }: BoxReport): boolean {
    return simulation !== null && simulation.agrees && simulation.draws >= this.#parts.draws
  }

  #draw(run: string, order: SimulationOrder): void {
    const worker = new Worker(new URL('./simulate-worker.ts', import.meta.url), { workerData: order })
    const following = this.#follow(run, worker)
      .catch(this.#parts.failed)
      .finally(() => this.#running.delete(worker))
    this.#running.set(worker, following)
  }

  /** Writes down what the thread tells, one thing after the other, the last of it for sure. */
  async #follow(run: string, worker: Worker): Promise<void> {
    let news: SimulationNews = { drawn: 0 }
    let writing: Promise<void> = Promise.resolve()
    const write = async ({ drawn, simulation }: SimulationNews) => {
      await this.#parts.pool.query(
        'update box_report set drawn = $2, simulation = $3, touched_at = now() where run = $1',
        [run, drawn, simulation ? toJson(simulation) : null],
      )
    }
    const timer = setInterval(() => {
      writing = writing.then(() => write(news)).catch(this.#parts.failed)
    }, PROGRESS_MS)
    worker.on('message', (told: SimulationNews) => (news = told))
    try {
      await new Promise<void>((resolve, reject) => {
        worker.once('error', reject)
        worker.once('exit', () => resolve())
      })
    } finally {
      clearInterval(timer)
      await writing
    }
    if (news.simulation) await write(news)
  }
}

function reportOf({ id, hash, seed, draws, drawn, exact, simulation, silent }: Row): BoxReport {
  const state = simulation !== null ? 'done' : silent ? 'broken' : 'running'
  return { id, hash, state, seed, draws, drawn, exact, simulation }
}
