import { LOCALE } from './locale.ts'

const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })

/** `14 Mar, 14:03`. */
export function dayTime(at_ms: number): string {
  return day.format(at_ms)
}

const clock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** `14:03:21`. */
export function clockTime(at_ms: number): string {
  return clock.format(at_ms)
}

/** How long ago, in one short word: `now`, `12 s`, `4 min`, `2 h`, `3 d`. */
export function ago(at_ms: number, now_ms: number): string {
  const seconds = Math.max(0, Math.round((now_ms - at_ms) / 1000))
  if (seconds < 5) return 'now'
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** What is left as `m:ss`. */
export function countdown(left_ms: number): string {
  const seconds = Math.max(0, Math.ceil(left_ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
