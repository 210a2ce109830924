/** A room that nobody has asked for in this long, and that nobody is in, leaves memory. Longer than a seat is kept. */
export const IDLE_MS = 20_000

/** A battle that is over leaves memory sooner, once nobody is there any more: whoever comes later is shown it from the ledger. */
export const OVER_IDLE_MS = 3_000
