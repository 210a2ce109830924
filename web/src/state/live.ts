import { effect, signal } from '@preact/signals'
import type { FeedUpdate, LinkStatus } from '../../../client-sdk/api.ts'
import type { Rarity } from '../../../schema/box.ts'
import type { FeedFilter } from '../../../schema/feed.ts'
import { lineOf, type FeedLine } from '../feed/line.ts'
import { sdk } from '../sdk.ts'

const LINES_MAX = 200

/** What a spectator may look at, each with the event types it stands for; empty is all. */
export const kinds = {
  all: { name: 'Everything', types: [] },
  drops: { name: 'Battle wins', types: ['battle.settled'] },
  openings: { name: 'Openings', types: ['opening.opened'] },
  battles: { name: 'New battles', types: ['battle.created'] },
} as const satisfies Record<string, Readonly<{ name: string; types: readonly string[] }>>
export type Kind = keyof typeof kinds

/** Least values one can choose, in hundredths. */
export const leastValues = ['100', '1000', '5000', '25000'] as const

export type Wanted = Readonly<{ kind: Kind; box: string | null; rarity: Rarity | null; least: string | null }>

export const EVERYTHING: Wanted = { kind: 'all', box: null, rarity: null, least: null }

export const wanted = signal<Wanted>(EVERYTHING)
export const liveLines = signal<readonly FeedLine[]>([])
export const liveStatus = signal<LinkStatus>('connecting')
/** Lines a recovery brought, until the person has seen them. */
export const liveMissed = signal(0)
/** The first line that the last recovery brought, above which all is older news. */
export const missedTo = signal<string | null>(null)

/** New battles are worth nothing yet: a rarity or a value asks for something that was drawn. */
export function narrow(change: Partial<Wanted>): void {
  const next = { ...wanted.value, ...change }
  const asksForDrops = next.rarity !== null || next.least !== null
  wanted.value = next.kind === 'battles' && asksForDrops ? { ...next, rarity: null, least: null } : next
}

/** Follows the feed by the filter on show, anew whenever that changes. Returns what ends it. */
export function followLive(): () => void {
  return effect(() => {
    const filter = filterOf(wanted.value)
    liveLines.value = []
    liveMissed.value = 0
    missedTo.value = null
    const link = sdk.feed.subscribe(filter === undefined ? {} : { filter }, take)
    const stop = link.onStatus((status) => (liveStatus.value = status))
    liveStatus.value = link.status
    return () => {
      stop()
      void link.close()
    }
  })
}

function filterOf({ kind, box, rarity, least }: Wanted): FeedFilter | undefined {
  const types = [...kinds[kind].types]
  const filter: FeedFilter = {
    ...(types.length > 0 && { types }),
    ...(box !== null && { box }),
    ...(rarity !== null && { rarity }),
    ...(least !== null && { minValue: least }),
  }
  return Object.keys(filter).length === 0 ? undefined : filter
}

function take(update: FeedUpdate): void {
  const fresh = update.events.flatMap(lineOf).toReversed()
  if (update.type === 'snapshot') liveLines.value = fresh
  else if (fresh.length > 0) liveLines.value = [...fresh, ...liveLines.peek()].slice(0, LINES_MAX)
  if (update.type !== 'recovered' || fresh.length === 0) return
  liveMissed.value = liveMissed.peek() + fresh.length
  missedTo.value = fresh[0]!.seq
}
