import { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible'
import { tooMany, type Allowance } from './rate-limit.ts'

/** How many requests of any kind one user may make in a minute, over all nodes. */
export interface UserLimit {
  /**
   * Counts one request. Answers at once, unless so little is left that the other nodes are to be asked.
   * @throws RollingDropError `request/too-many` with the seconds to wait
   */
  take(user: string): Allowance | Promise<Allowance>
  close(): void
}

type Options = Readonly<{
  perMinute: number
  /** Where the nodes count together; empty where there is one node alone. */
  redisUrl: string
  /** Of the ledger: cells that share a Redis count apart. */
  lineage: string
  /** Told once each time Redis goes away. Then each node counts by itself. */
  failed(error: unknown): void
}>

const MINUTE_S = 60
/** Redis hears of requests this late, many in one go: none waits for it. */
const TELL_MS = 100
/** An answer that takes longer is done without. */
const ANSWER_MS = 250
const RETRY_MS = 500
/** The part of the limit that one node may hand out before it has told the others. */
const UNTOLD = 0.02
/** Users that are remembered, about 200 bytes each. */
const USERS_MAX = 100_000

export function createUserLimit({ perMinute, redisUrl, lineage, failed }: Options): UserLimit {
  const limit = { points: perMinute, duration: MINUTE_S, keyPrefix: `rollingdrop:requests:${lineage}` }
  const here = new RateLimiterMemory(limit)
  if (redisUrl === '') return { take: async (user) => allowed(await consume(here, user, 1), perMinute), close() {} }
  const client = connect(redisUrl, failed)
  const everywhere = new RateLimiterRedis({
    ...limit,
    storeClient: client,
    insuranceLimiter: here,
    rejectIfRedisNotReady: true,
  })
  const shared = new SharedCount(everywhere, perMinute)
  return {
    take: (user) => shared.take(user),
    close() {
      shared.close()
      client.removeAllListeners()
      client.on('error', () => {}) // Whatever it still has to say is of no use.
      client.disconnect()
    },
  }
}

type Count = {
  /** By all nodes, as last heard, and by this one since. */
  taken: number
  /** Of these, what the others have not been told, and what they are just being told. */
  untold: number
  telling: number
  ends_ms: number
}

/**
 * One node's view of a count that all nodes share. Far from the limit requests are counted here and told in bulk; near it each one
 * asks. So all nodes together let through at most the limit and, for each node, the part that it may keep to itself.
 */
class SharedCount {
  readonly #store: RateLimiterAbstract
  readonly #perMinute: number
  readonly #untold_max: number
  readonly #counts = new Map<string, Count>()
  readonly #dirty = new Set<string>()
  #timer: NodeJS.Timeout | undefined

  constructor(store: RateLimiterAbstract, perMinute: number) {
    this.#store = store
    this.#perMinute = perMinute
    this.#untold_max = Math.floor(perMinute * UNTOLD)
  }

  take(user: string): Allowance | Promise<Allowance> {
    const count = this.#countOf(user)
    if (count.taken >= this.#perMinute) throw tooMany(count.ends_ms - Date.now())
    count.taken++
    count.untold++
    const isNear = this.#perMinute - count.taken < 2 * this.#untold_max
    if (isNear || count.untold + count.telling > this.#untold_max) return this.#ask(user, count)
    this.#dirty.add(user)
    this.#timer ??= setTimeout(() => this.#tellAll(), TELL_MS)
    return {
      limit: this.#perMinute,
      left: this.#perMinute - count.taken,
      reset_s: Math.ceil((count.ends_ms - Date.now()) / 1000),
    }
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #countOf(user: string): Count {
    const now_ms = Date.now()
    const known = this.#counts.get(user)
    if (known && known.ends_ms > now_ms) return known
    const count = { taken: 0, untold: 0, telling: 0, ends_ms: now_ms + MINUTE_S * 1000 }
    this.#counts.delete(user)
    this.#counts.set(user, count)
    if (this.#counts.size > USERS_MAX) this.#counts.delete(this.#counts.keys().next().value!)
    return count
  }

  async #ask(user: string, count: Count): Promise<Allowance> {
    return allowed(await this.#tell(user, count), this.#perMinute)
  }

  async #tell(user: string, count: Count): Promise<RateLimiterRes> {
    const points = count.untold
    count.untold = 0
    count.telling += points
    const heard = await consume(this.#store, user, points)
    count.telling -= points
    count.taken = heard.consumedPoints + count.untold + count.telling
    count.ends_ms = Date.now() + heard.msBeforeNext
    return heard
  }

  #tellAll(): void {
    this.#timer = undefined
    for (const user of this.#dirty) {
      const count = this.#counts.get(user)
      if (count && count.untold > 0) void this.#tell(user, count)
    }
    this.#dirty.clear()
  }
}

/** The count after it, whether or not it is over the limit. */
async function consume(store: RateLimiterAbstract, user: string, points: number): Promise<RateLimiterRes> {
  try {
    return await store.consume(user, points)
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return refused
    throw refused
  }
}

function allowed({ consumedPoints, msBeforeNext }: RateLimiterRes, limit: number): Allowance {
  if (consumedPoints > limit) throw tooMany(msBeforeNext)
  return { limit, left: limit - consumedPoints, reset_s: Math.ceil(msBeforeNext / 1000) }
}

function connect(redisUrl: string, failed: (error: unknown) => void): Redis {
  const client = new Redis(redisUrl, {
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    commandTimeout: ANSWER_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => RETRY_MS,
  })
  let isAway = false
  client.on('ready', () => (isAway = false))
  client.on('error', (error: unknown) => {
    if (!isAway) failed(error)
    isAway = true
  })
  return client
}
