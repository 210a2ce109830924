import { chmodSync, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../embedded/free-port.ts'
import { startPostgres, type Postgres } from '../../embedded/postgres.ts'
import { migrate } from '../../ledger/migrate.ts'
import { Proxy } from '../proxy.ts'
import { startServer, type Server } from '../server.ts'
import { Redis } from './redis.ts'

/** A server process behind the proxy; another one takes its place, at the same port, when it has gone. */
export type Member = { readonly name: string; readonly port: number; server: Server | undefined }

/** Rounds long enough that a battle takes some seconds, and tables that do not fill give up within the run. */
export const SETTINGS = {
  REVEAL_MS: '700',
  FAST_REVEAL_MS: '500',
  BATTLE_WAIT_S: '15',
  TRUSTED_PROXIES: '127.0.0.1',
  SECRET_KEY: '5e'.repeat(32),
}
const KNOWN_WITHIN_MS = 5_000

/** Several server processes over one Postgres and one Redis, behind one address. */
export class Cluster {
  readonly members: readonly Member[]
  readonly proxy: Proxy
  readonly redis: Redis
  readonly #dataDir: string
  #postgres: Postgres

  private constructor(dataDir: string, postgres: Postgres, redis: Redis, proxy: Proxy, ports: readonly number[]) {
    this.#dataDir = dataDir
    this.#postgres = postgres
    this.redis = redis
    this.proxy = proxy
    this.members = ports.map((port, index) => ({ name: `node ${index + 1}`, port, server: undefined }))
  }

  static async start(nodes: number): Promise<Cluster> {
    const redis = await Redis.start()
    const dataDir = mkdtempSync(join(tmpdir(), 'rollingdrop-chaos-'))
    chmodSync(dataDir, 0o711) // Run as root, Postgres has an account of its own that must get in.
    const postgres = await startPostgres({ dataDir, log: () => {} })
    const ports = await Promise.all(Array.from({ length: nodes }, () => freePort()))
    const cluster = new Cluster(dataDir, postgres, redis, await Proxy.open(ports), ports)
    try {
      await migrate(postgres.url)
      await Promise.all(cluster.members.map((member) => cluster.startNode(member)))
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  get databaseUrl(): string {
    return this.#postgres.url
  }

  logOf({ port }: Member): string {
    return join(this.#dataDir, `node-${port}.log`)
  }

  /** Resolves when it answers and the proxy leads to it. */
  async startNode(member: Member): Promise<void> {
    const { databaseUrl: DATABASE_URL, redis, proxy } = this
    const log = createWriteStream(this.logOf(member), { flags: 'a' })
    const env = { ...SETTINGS, DATABASE_URL, REDIS_URL: redis.url, PUBLIC_ADDRESS: proxy.address }
    member.server = await startServer({ env, port: member.port, log: (line) => log.write(`${line}\n`) })
    const until = performance.now() + KNOWN_WITHIN_MS
    while (proxy.processAt(member.port) === undefined && performance.now() < until) await delay(20)
  }

  /** Starts those anew that have ended and that nobody has ended. Returns who they were. */
  async revive(): Promise<readonly Member[]> {
    const ended = this.members.filter(({ server }) => !isThere(server!.pid))
    for (const member of ended) await this.replace(member)
    return ended
  }

  signal({ server }: Member, name: NodeJS.Signals): void {
    process.kill(server!.pid, name)
  }

  /** After it was killed or told to end: waits for that, and starts another one in its place. */
  async replace(member: Member): Promise<void> {
    await member.server?.stop()
    await this.startNode(member)
  }

  async stopPostgres(): Promise<void> {
    await this.#postgres.stop()
  }

  async startPostgres(): Promise<void> {
    this.#postgres = await startPostgres({ dataDir: this.#dataDir, log: () => {} })
  }

  /** Ends everything that was started; `keep` leaves the folder with the logs. */
  async stop({ keep = false } = {}): Promise<string> {
    const servers = this.members.flatMap(({ server }) => server ?? [])
    for (const { pid } of servers) wake(pid)
    await Promise.allSettled(servers.map((server) => server.stop()))
    await this.proxy.close()
    await this.redis.kill()
    await this.#postgres.stop()
    if (!keep) rmSync(this.#dataDir, { recursive: true, force: true })
    return this.#dataDir
  }
}

/** A frozen process hears no other signal. */
function wake(pid: number): void {
  if (isThere(pid)) process.kill(pid, 'SIGCONT')
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false // There is no such process.
  }
}
