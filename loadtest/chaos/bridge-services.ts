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

type Named = Exclude<ServiceName, 'postgres'>
type Place = Readonly<{ service: Service; folder: string; port: number }>

/** Of one that was killed the controller says for so long that it is alive, and its successor has to wait; by default 9 s. */
const SESSION = ['--override', 'broker.session.timeout.ms=3000', '--override', 'broker.heartbeat.interval.ms=500']

const broker: Service = {
  ...kafka,
  launch: async (at) => {
    const { command, args } = await kafka.launch(at)
    return { command, args: [...args, ...SESSION] }
  },
}

/** A broker, ClickHouse and Postgres of this run alone: whatever others use beside it is not killed. */
export class BridgeServices {
  readonly folder: string
  readonly #running = new Map<Named, Started>()
  #places: Readonly<Record<Named, Place>> | undefined
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
    for (const { name, lacks } of [broker, clickhouse]) {
      const what = lacks()
      if (what !== undefined) throw new Error(`${name} cannot be started: this machine lacks ${what}`)
    }
    this.#places = { broker: await this.#placeOf(broker), clickhouse: await this.#placeOf(clickhouse) }
    await this.#alone(async () => {
      const all = [this.#up('broker'), this.#up('clickhouse'), this.#startPostgres()]
      // Also when one fails the others have to be up, or not, before anything is ended.
      await Promise.allSettled(all)
      await Promise.all(all)
    })
  }

  get databaseUrl(): string {
    return this.#postgres!.url
  }

  get brokers(): string {
    return this.#running.get('broker')!.address
  }

  get clickhouseUrl(): string {
    return this.#running.get('clickhouse')!.address
  }

  /** Kills one as a crash does, and starts it again on its data `away_ms` later. */
  async crash(name: ServiceName, away_ms: number): Promise<void> {
    await this.#alone(async () => {
      if (name === 'postgres') {
        this.#postgres = await crashPostgres(this.#postgres!, this.folder, away_ms)
        return
      }
      await kill(this.#running.get(name)!)
      await delay(away_ms)
      await this.#up(name)
    })
  }

  /** Ends everything that was started; `keep` leaves the folder with what they said. */
  async stop({ keep }: Readonly<{ keep: boolean }>): Promise<void> {
    this.#stopped = true
    await this.#work.catch(() => {}) // Whoever waits for it hears of it; here it only has to be over.
    await Promise.all([...this.#running.values()].map(kill))
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

  async #up(name: Named): Promise<void> {
    const place = this.#places![name]
    this.#running.set(name, await start(place.service, place))
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.#stopped) throw new Error('the services are stopped')
    this.#work = work()
    await this.#work
  }
}
