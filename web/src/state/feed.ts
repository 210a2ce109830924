import { signal } from '@preact/signals'
import type { FeedLink, FeedUpdate, LinkStatus } from '../../../client-sdk/api.ts'
import type { BattleCreated, BattleSettled, Drop } from '../../../schema/battle-event.ts'
import type { FeedEvent } from '../../../schema/feed.ts'
import { isBattleMode, type BattleMode } from '../../../schema/battle-mode.ts'
import { modeTexts } from '../mode/modes.ts'
import { outcomeOf } from '../mode/outcome.ts'
import { versus } from '../mode/sides.ts'
import { sdk } from '../sdk.ts'

/** One line of the live feed, amounts in hundredths: the best thing that came out of a battle, or a battle that opened. */
export type FeedLine =
  | Readonly<{
      type: 'drop'
      mode: string
      did: string
      seq: string
      at_ms: number
      battle: string
      who: string
      bot: boolean
      best: Drop
      pot: string
      price: string
      big: boolean
    }>
  | Readonly<{
      type: 'opened'
      seq: string
      at_ms: number
      battle: string
      who: string
      mode: string
      rounds: readonly string[]
      sides: string
      price: string
    }>

const LINES_MAX = 40
const MEMORY_KEY = 'rollingdrop.feed/2'

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

/** A player as the public feed may name them: by the part of their id that it shows. */
export const maskedName = (user: string | null) => (user === null ? 'A player' : `Player ${user}`)

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

function lineOf(event: FeedEvent): FeedLine[] {
  if (event.type === 'battle.settled') return [dropLine(event, event.payload as BattleSettled)]
  if (event.type === 'battle.created') return [openedLine(event, event.payload as BattleCreated)]
  return []
}

const modeOf = (text: string): BattleMode => (isBattleMode(text) ? text : 'standard')

function dropLine({ seq, at_ms }: FeedEvent, settled: BattleSettled): FeedLine {
  const best = settled.drops.reduce((top, drop) => (BigInt(drop.value) > BigInt(top.value) ? drop : top))
  const winner = settled.seats[settled.winners[0] ?? 0]!
  const { pot, price } = settled
  const big = best.rarity === 'legendary' || BigInt(pot) >= BigInt(price) * BigInt(settled.seats.length) * 3n
  const name = winner.bot ? `Bot ${winner.seat + 1}` : maskedName(winner.user)
  const mode = modeOf(settled.mode)
  const { who, did } = outcomeOf({ ...settled, mode, seats: settled.seats.length }, name)
  const { battle } = settled
  return {
    type: 'drop',
    mode: modeTexts[mode].name,
    did,
    seq,
    at_ms,
    battle,
    who,
    bot: winner.bot,
    best,
    pot,
    price,
    big,
  }
}

function openedLine({ seq, at_ms }: FeedEvent, created: BattleCreated): FeedLine {
  const { battle, creator, rounds, price } = created
  const mode = modeTexts[modeOf(created.mode)].name
  const sides = versus(created.seats, created.teamSize)
  return { type: 'opened', mode, seq, at_ms, battle, who: maskedName(creator), rounds, sides, price }
}
