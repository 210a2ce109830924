import type { RoomsConfig } from '../rooms/host.ts'

/** What rooms of tests are given, but for their database: short leases, and limits that only tests of limits reach. */
export const TEST_ROOMS: Omit<RoomsConfig, 'databaseUrl'> = {
  redisUrl: '',
  publicAddress: '',
  lease_ms: 1500,
  beat_ms: 300,
  messages_per_second: 30,
  message_bytes_max: 4096,
  mailbox_max: 4096,
  rooms_max: 10_000,
  spectators_max: 10_000,
  sockets_per_user_max: 10_000,
  session_log_days: 30,
  trustedProxies: [],
  plain: { sockets_max: 10_000, sockets_per_address_max: 10_000, life_ms: 10_000 },
  feed: {
    tick_ms: 20,
    recovery_max: 1_000,
    filters_max: 20,
    skip_bytes: 262_144,
    slow_bytes: 1_048_576,
    slow_ms: 10_000,
  },
}
