/** A room that nobody has asked for in this long, and that nobody is in, leaves memory. Longer than a seat is kept. */
export const IDLE_MS = 20_000
