import { whole, type Setting } from './setting.ts'

/** The live feed, and how long it waits for whom. */
export const feedSettings = {
  FEED_TICK_MS: whole(
    50,
    'ms',
    [5, 1000],
    'Events of one tick share a frame: encoded once, below what an eye notices.',
  ),
  FEED_RING_EVENTS: whole(
    10_000,
    'events',
    [100, 1_000_000],
    'Kept in memory, so that a short absence is healed without Postgres.',
  ),
  FEED_RECOVERY_MAX: whole(
    50_000,
    'events',
    [0, 1_000_000],
    'A longer absence gets a fresh snapshot: cheaper for both sides.',
  ),

  FEED_FILTERS_MAX: whole(
    1000,
    'filters',
    [1, 100_000],
    'Different filters served at once: each is encoded once a tick, whoever reads it.',
  ),
  FEED_SKIP_BYTES: whole(
    262_144,
    'bytes',
    [16_384, 16_777_216],
    'A reader with this much unread is skipped until it has caught up.',
  ),
  FEED_SLOW_BYTES: whole(
    1_048_576,
    'bytes',
    [65_536, 67_108_864],
    'A reader with this much unread for FEED_SLOW_MS is told to come back.',
  ),
  FEED_SLOW_MS: whole(10_000, 'ms', [100, 600_000], 'How long a reader may stay behind FEED_SLOW_BYTES.'),
} as const satisfies Readonly<Record<string, Setting<unknown>>>
