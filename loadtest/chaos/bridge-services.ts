import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../embedded/free-port.ts'
import { startPostgres, type Postgres } from '../../embedded/postgres.ts'
import { clickhouse } from '../../test/services/clickhouse.ts'
import { kafka } from '../../test/services/kafka.ts'
import { kill, start, type Started } from '../../test/services/process.ts'
import type { Service } from '../../test/services/service.ts'
import { crashPostgres } from './ledger.ts'

export type ServiceName = 'broker' | 'clickhouse' | 'postgres'

type ByName<T> = Readonly<Record<'broker' | 'clickhouse', T>>
type Place = Readonly<{ service: Service; folder: string; port: number }>

/** A broker, ClickHouse and Postgres of this run alone: whatever others use beside it is not killed. */
export class BridgeServices {
  readonly folder: string
  #places: ByName<Place> | undefined
  #running: ByName<Started> | undefined
  #postgres: Postgres | undefined
  /** What is being started or killed just now. */
  #work: Promise<unknown> = Promise.resolve()
  #stopped = false

  constructor() {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'rollingdrop-chaos-')))
    chmodSync(this.folder, 0o711) // Run as root, Postgres has an account of its own that must get in.
  }

  /** Throws an Error that says what this machine lacks. */
  async start(): Promise<void> {
    for (const { name, lacks } of [kafka, clickhouse]) {
      const what = lacks()
      if (what !== undefined) throw new Error(`${name} cannot be started: this machine lacks ${what}`)
    }
    this.#places = { broker: await this.#placeOf(kafka), clickhouse: await this.#placeOf(clickhouse) }
    await this.#alone(async ({ broker, clickhouse: rows }) => {
      const started = [start(broker.service, broker), start(rows.service, rows), this.#startPostgres()] as const
      const [first, second] = await Promise.allSettled(started)
      // Kept even when another one fails, so that it is ended with the rest.
      if (first.status === 'fulfilled' && second.status === 'fulfilled')
        this.#running = { broker: first.value, clickhouse: second.value }
      else for (const each of [first, second]) if (each.status === 'fulfilled') await kill(each.value)
      await Promise.all(started)
    })
  }

  get databaseUrl(): string {
    return this.#postgres!.url
  }

  get brokers(): string {
    return this.#running!.broker.address
  }

  get clickhouseUrl(): string {
    return this.#running!.clickhouse.address
  }

  /** Kills one as a crash does, and starts it again on its data `away_ms` later. */
  async crash(name: ServiceName, away_ms: number): Promise<void> {
    await this.#alone(async (places) => {
      if (name === 'postgres') {
        this.#postgres = await crashPostgres(this.#postgres!, this.folder, away_ms)
        return
      }
      await kill(this.#running![name])
      await delay(away_ms)
      this.#running = Object.assign({}, this.#running, { [name]: await start(places[name].service, places[name]) })
    })
  }

  /** Ends everything that was started; `keep` leaves the folder with what they said. */
  async stop({ keep }: Readonly<{ keep: boolean }>): Promise<void> {
    this.#stopped = true
    await this.#work.catch(() => {}) // Whoever waits for it hears of it; here it only has to be over.
    await Promise.all(Object.values(this.#running ?? {}).map(kill))
    await this.#postgres?.stop()
    if (!keep) rmSync(this.folder, { recursive: true, force: true })
  }

  async #placeOf(service: Service): Promise<Place> {
    const folder = join(this.folder, service.name)
    mkdirSync(folder, { recursive: true })
    return { service, folder, port: await freePort() }
  }

  async #startPostgres(): Promise<void> {
    this.#postgres = await startPostgres({ dataDir: this.folder, log: () => {} })
  }

  async #alone(work: (places: ByName<Place>) => Promise<void>): Promise<void> {
    if (this.#stopped) throw new Error('the services are stopped')
    this.#work = work(this.#places!)
    await this.#work
  }
}
