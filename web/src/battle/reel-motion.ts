/** How a reel moves, counted in slots; what stands in the middle of the window is slot `round(offset)`. */
export type Motion =
  | Readonly<{ type: 'still'; offset: number }>
  | Readonly<{ type: 'spin'; offset: number; start_ms: number }>
  | Readonly<{ type: 'land'; offset: number; distance: number; start_ms: number; land_ms: number }>

const SLOTS_PER_MS = 0.016
const RAMP_MS = 420

/** Slots on the ring; a landing never goes further round than this less what the window shows. */
export const RING = 24
const LAND_MIN = 5
const LAND_MAX = RING - 5

export function offsetAt(motion: Motion, at_ms: number): number {
  switch (motion.type) {
    case 'still':
      return motion.offset
    case 'spin': {
      const passed = Math.max(0, at_ms - motion.start_ms)
      const ramped = Math.min(passed, RAMP_MS)
      return motion.offset + SLOTS_PER_MS * ((ramped * ramped) / (2 * RAMP_MS) + (passed - ramped))
    }
    case 'land': {
      const part = Math.min(1, Math.max(0, (at_ms - motion.start_ms) / motion.land_ms))
      return motion.offset + motion.distance * (1 - (1 - part) ** 3)
    }
    default:
      return motion satisfies never
  }
}

export function spinFrom(motion: Motion, at_ms: number): Motion {
  return motion.type === 'spin' ? motion : { type: 'spin', offset: offsetAt(motion, at_ms), start_ms: at_ms }
}

/** Comes to rest on a slot within `land_ms`, starting about as fast as it spins: a cubic's first speed is 3 × way / time. */
export function landFrom(motion: Motion, at_ms: number, land_ms: number): Motion & { type: 'land' } {
  const offset = offsetAt(motion, at_ms)
  const way = Math.min(LAND_MAX, Math.max(LAND_MIN, (SLOTS_PER_MS * land_ms) / 3))
  return { type: 'land', offset, distance: Math.ceil(offset + way) - offset, start_ms: at_ms, land_ms }
}

/** The slot a motion ends on; the one in the middle now when it has no end. */
export function targetOf(motion: Motion): number {
  return Math.round(motion.type === 'land' ? motion.offset + motion.distance : motion.offset)
}
