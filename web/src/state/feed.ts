import { signal } from '@preact/signals'
import type { FeedLink, FeedUpdate, LinkStatus } from '../../../client-sdk/api.ts'
import { lineOf, type FeedLine } from '../feed/line.ts'
import { sdk } from '../sdk.ts'

const LINES_MAX = 40
const MEMORY_KEY = 'rollingdrop.feed/3'

export const lines = signal<readonly FeedLine[]>([])
export const feedStatus = signal<LinkStatus>('connecting')
/** How many lines the last recovery brought; 0 once the person has seen it. */
export const missed = signal(0)
/** Whether the phone's drawer with the feed is open. */
export const feedOpen = signal(false)

const listeners = new Set<(update: FeedUpdate) => void>()

export function onFeed(listen: (update: FeedUpdate) => void): () => void {
  listeners.add(listen)
  return () => listeners.delete(listen)
}

/** Follows the public feed; a reload goes on from where the tab last was. */
export function startFeed(): void {
  const before = remembered()
  if (before) lines.value = before.lines
  const link: FeedLink = sdk.feed.subscribe(before ? { since: before.position } : {}, take)
  link.onStatus((status) => (feedStatus.value = status))
  feedStatus.value = link.status
  addEventListener('pagehide', () => remember(link.position))
}

function take(update: FeedUpdate): void {
  const fresh = update.events.flatMap(lineOf).toReversed()
  if (update.type === 'snapshot') lines.value = fresh.slice(0, LINES_MAX)
  else if (fresh.length > 0) lines.value = [...fresh, ...lines.value].slice(0, LINES_MAX)
  if (update.type === 'recovered' && fresh.length > 0) missed.value += fresh.length
  for (const listen of listeners) listen(update)
}

type Memory = Readonly<{ position: string; lines: readonly FeedLine[] }>

/** What this tab last saw, so that a reload shows it again and asks only for what came since. */
function remembered(): Memory | null {
  const text = sessionStorage.getItem(MEMORY_KEY)
  return text === null ? null : (JSON.parse(text) as Memory)
}

function remember(position: string | null): void {
  if (position === null) return
  const memory: Memory = { position, lines: lines.value }
  sessionStorage.setItem(MEMORY_KEY, JSON.stringify(memory))
}
