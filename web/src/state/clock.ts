import { signal } from '@preact/signals'

/** Unix ms by this machine, renewed each second: for "12 s ago" and countdowns. */
export const now = signal(Date.now())

setInterval(() => (now.value = Date.now()), 1000)
