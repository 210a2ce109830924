import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { createUserLimit, type UserLimit } from '../services/user-limit.ts'
import type { Cleanup } from './cleanup.ts'

type Base = Readonly<{ config: Config; log: Logger; cleanup: Cleanup }>

/** How many requests one user may make, counted with the other nodes where there is a Redis. */
export function openUserLimit({ config, log, cleanup }: Base, lineage: string): UserLimit {
  const limit = createUserLimit({
    perMinute: config.user_requests_per_minute,
    redisUrl: config.redis_url,
    lineage,
    failed: (error) => log.warn({ err: error }, 'Redis cannot be reached: requests of a user are counted by each node'),
  })
  cleanup.add('user limit', () => limit.close())
  return limit
}
