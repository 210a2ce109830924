import { signal } from '@preact/signals'
import type { FeedLink, FeedUpdate, LinkStatus } from '../../../client-sdk/api.ts'
import type { BattleCreated, BattleSettled, Drop } from '../../../schema/battle-event.ts'
import type { FeedEvent } from '../../../schema/feed.ts'
import { sdk } from '../sdk.ts'

/** One line of the live feed: the best thing that came out of a battle, or a battle that opened. */
export type FeedLine =
  | Readonly<{
      type: 'drop'
      seq: string
      at_ms: number
      battle: string
      who: string
      bot: boolean
      best: Drop
      pot: bigint
      price: bigint
      big: boolean
    }>
  | Readonly<{
      type: 'opened'
      seq: string
      at_ms: number
      battle: string
      who: string
      rounds: readonly string[]
      seats: number
      price: bigint
    }>

const LINES_MAX = 40
const POSITION_KEY = 'rollingdrop.feed'

export const lines = signal<readonly FeedLine[]>([])
export const feedStatus = signal<LinkStatus>('connecting')
/** How many events the last recovery brought; 0 once the person has seen it. */
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
  const since = sessionStorage.getItem(POSITION_KEY)
  const options = since === null ? {} : { since }
  const link: FeedLink = sdk.feed.subscribe(options, take)
  link.onStatus((status) => (feedStatus.value = status))
  feedStatus.value = link.status
}

function take(update: FeedUpdate): void {
  sessionStorage.setItem(POSITION_KEY, update.position)
  const fresh = update.events.flatMap(lineOf).toReversed()
  if (update.type === 'snapshot') lines.value = fresh.slice(0, LINES_MAX)
  else if (fresh.length > 0) lines.value = [...fresh, ...lines.value].slice(0, LINES_MAX)
  if (update.type === 'recovered' && fresh.length > 0) missed.value += fresh.length
  for (const listen of listeners) listen(update)
}

function lineOf(event: FeedEvent): FeedLine[] {
  if (event.type === 'battle.settled') return [dropLine(event, event.payload as BattleSettled)]
  if (event.type === 'battle.created') return [openedLine(event, event.payload as BattleCreated)]
  return []
}

function dropLine({ seq, at_ms }: FeedEvent, settled: BattleSettled): FeedLine {
  const best = settled.drops.reduce((top, drop) => (BigInt(drop.value) > BigInt(top.value) ? drop : top))
  const winner = settled.seats[settled.winners[0] ?? 0]!
  const pot = BigInt(settled.pot)
  const price = BigInt(settled.price)
  const big = best.rarity === 'legendary' || pot >= price * BigInt(settled.seats.length) * 3n
  const who = winner.bot ? `Bot ${winner.seat + 1}` : (winner.user ?? 'A player')
  return { type: 'drop', seq, at_ms, battle: settled.battle, who, bot: winner.bot, best, pot, price, big }
}

function openedLine({ seq, at_ms }: FeedEvent, created: BattleCreated): FeedLine {
  const { battle, creator, rounds, seats } = created
  return { type: 'opened', seq, at_ms, battle, who: creator, rounds, seats, price: BigInt(created.price) }
}
