import { clickhouse } from './clickhouse.ts'
import { kafka } from './kafka.ts'
import { postgres } from './postgres.ts'
import { redis } from './redis.ts'
import type { Service } from './service.ts'

/** Every service there is to start: one row each. */
export const services: readonly Service[] = [kafka, clickhouse, redis, postgres]
