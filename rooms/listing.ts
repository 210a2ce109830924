import { LocalDriver, matchMaker, type IRoomCache, type MatchMakerDriver, type Presence } from '@colyseus/core'
import { RedisDriver } from '@colyseus/redis-driver'
import { RedisPresence } from '@colyseus/redis-presence'
import type { Log } from './actor.ts'

/** What waits for Redis waits this long, and is then without it. */
const PATIENCE_MS = 500
const RETRY_MS = 200

type Conditions = Parameters<LocalDriver['findOne']>[0]
type Sorting = Parameters<LocalDriver['findOne']>[1]
type Operations = Parameters<LocalDriver['update']>[1]

/**
 * The list of rooms that nodes share over Redis. Of this node's own rooms it answers from memory, and what it writes for the
 * others nobody here waits for: rooms open, fill and close as well while Redis is away, and are listed when it is back.
 */
class SharedDriver extends RedisDriver implements MatchMakerDriver {
  readonly #own = new LocalDriver()
  readonly #log: Log

  constructor(options: ConstructorParameters<typeof RedisDriver>[0], log: Log) {
    super(options)
    this.#log = log
  }

  override async has(roomId: string): Promise<boolean> {
    return this.#own.has(roomId) || (await super.has(roomId))
  }

  override findOne(conditions: Conditions, sorting?: Sorting): Promise<IRoomCache> {
    const own = this.#own.rooms.find(({ roomId }) => roomId === conditions.roomId)
    return own ? Promise.resolve(own) : super.findOne(conditions, sorting)
  }

  override async findByIds(roomIds: string[]): Promise<Map<string, IRoomCache>> {
    const own = await this.#own.findByIds(roomIds)
    const others = roomIds.filter((roomId) => !own.has(roomId))
    return new Map([...own, ...(await super.findByIds(others))])
  }

  override async persist(room: IRoomCache, isNew = false): Promise<boolean> {
    if (isNew && !this.#own.has(room.roomId)) this.#own.persist(room, true)
    this.#tell(super.persist(room))
    return true
  }

  override async update(room: IRoomCache, operations: Operations): Promise<boolean> {
    this.#own.update(room, operations)
    this.#tell(super.persist(room))
    return true
  }

  override async remove(roomId: string): Promise<boolean> {
    const isOwn = this.#own.remove(roomId)
    this.#tell(super.remove(roomId))
    return isOwn
  }

  override async shutdown(): Promise<void> {
    this.redis.disconnect()
  }

  /** Lists what is here now, and takes away what was here when Redis was last told. */
  async restore(): Promise<void> {
    await super.cleanup(matchMaker.processId)
    for (const room of this.#own.rooms) await super.persist(room)
  }

  get redis(): NodeJS.EventEmitter & { disconnect(): void } {
    return Reflect.get(this, '_client') as NodeJS.EventEmitter & { disconnect(): void }
  }

  #tell(told: Promise<unknown>): void {
    told.catch((error: unknown) => this.#log.info({ error }, 'a room could not be listed'))
  }
}

/** Subscriptions that are taken up when Redis can be reached, and that no room waits for. */
class PatientPresence extends RedisPresence implements Presence {
  override async subscribe(topic: string, callback: (...args: unknown[]) => void): Promise<this> {
    void super.subscribe(topic, callback).catch(() => {}) // Taken up anew whenever the connection is there again.
    return this
  }

  override async unsubscribe(topic: string, callback?: (...args: unknown[]) => void): Promise<this> {
    void super.unsubscribe(topic, callback).catch(() => {}) // A connection that has gone has taken it along.
    return this
  }

  override shutdown(): void {
    for (const name of ['sub', 'pub']) (Reflect.get(this, name) as { disconnect(): void }).disconnect()
  }
}

/** Driver and presence of Colyseus over the Redis at `redisUrl`. */
export function sharedParts(redisUrl: string, log: Log) {
  const options = optionsOf(redisUrl)
  const driver = new SharedDriver({ ...options, commandTimeout: PATIENCE_MS, enableOfflineQueue: false }, log)
  driver.redis.on('error', (error: unknown) => log.warn({ error }, 'Redis cannot be reached'))
  // Redis that comes back empty knows neither our rooms nor how many they are.
  driver.redis.on('ready', () => {
    const restored = matchMaker.onReady?.then(() => driver.restore()).then(() => matchMaker.stats.persist(true))
    restored?.catch((error: unknown) => log.warn({ error }, 'could not restore the list of rooms'))
  })
  return { driver, presence: new PatientPresence(options) }
}

/** As options, not as a client: the driver brings another version of ioredis, which would take a client for options. */
function optionsOf(redisUrl: string) {
  const { hostname, port, username, password, pathname, protocol } = new URL(redisUrl)
  return {
    host: hostname,
    port: Number(port || 6379),
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 && { db: Number(pathname.slice(1)) }),
    ...(protocol === 'rediss:' && { tls: {} }),
    maxRetriesPerRequest: null,
    retryStrategy: () => RETRY_MS,
  }
}
