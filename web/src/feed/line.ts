import type { BattleCreated, BattleSettled, BattleStarted, Drop } from '../../../schema/battle-event.ts'
import { isBattleMode, type BattleMode } from '../../../schema/battle-mode.ts'
import type { FeedEvent } from '../../../schema/feed.ts'
import type { ListingSold } from '../../../schema/market.ts'
import type { OpeningDrop, OpeningOpened } from '../../../schema/opening.ts'
import { modeTexts } from '../mode/modes.ts'
import { outcomeOf } from '../mode/outcome.ts'
import { versus } from '../mode/sides.ts'

type Told = Readonly<{ seq: string; at_ms: number; who: string }>

/** The best thing that came out of a battle, and who took the pot. */
export type DropLine = Told &
  Readonly<{
    type: 'drop'
    mode: string
    did: string
    battle: string
    bot: boolean
    best: Drop
    pot: string
    price: string
    big: boolean
  }>

/** A battle that waits for players. */
export type OpenedLine = Told &
  Readonly<{ type: 'opened'; battle: string; mode: string; rounds: readonly string[]; sides: string; price: string }>

/** A battle whose public value was named too late, so that a later one decides it. */
export type RefixedLine = Omit<Told, 'who'> &
  Readonly<{ type: 'refixed'; battle: string; round: number; drand: boolean }>

/** Boxes that somebody opened alone: the best thing in them, and what all of it is worth. */
export type OpeningLine = Told &
  Readonly<{
    type: 'opening'
    box: string
    count: number
    best: OpeningDrop
    value: string
    price: string
    big: boolean
  }>

/** An item that one user sold to another. */
export type SaleLine = Told &
  Readonly<{ type: 'sale'; asset: string; sku: string; name: string; rarity: string; price: string; money: string }>

/** One line of the live feed, amounts in hundredths. */
export type FeedLine = DropLine | OpenedLine | OpeningLine | RefixedLine | SaleLine

/** A win is big from this many times its price on. */
const BIG_TIMES = 3n

/** A player as the public feed may name them: by the part of their id that it shows. */
export const maskedName = (user: string | null) => (user === null ? 'A player' : `Player ${user}`)

/** The line an event makes; none for those that are no news to a spectator. */
export function lineOf(event: FeedEvent): readonly FeedLine[] {
  switch (event.type) {
    case 'battle.settled':
      return [dropLine(event, event.payload as BattleSettled)]
    case 'battle.created':
      return [openedLine(event, event.payload as BattleCreated)]
    case 'battle.refixed':
      return [refixedLine(event, event.payload as BattleStarted)]
    case 'opening.opened':
      return [openingLine(event, event.payload as OpeningOpened)]
    case 'listing.sold':
      return [saleLine(event, event.payload as ListingSold)]
    default:
      return []
  }
}

const modeOf = (text: string): BattleMode => (isBattleMode(text) ? text : 'standard')

function dearest<T extends Readonly<{ value: string }>>(drops: readonly T[]): T {
  return drops.reduce((top, drop) => (BigInt(drop.value) > BigInt(top.value) ? drop : top))
}

function dropLine({ seq, at_ms }: FeedEvent, settled: BattleSettled): DropLine {
  const best = dearest(settled.drops)
  const winner = settled.seats[settled.winners[0] ?? 0]!
  const { battle, pot, price } = settled
  const big = best.rarity === 'legendary' || BigInt(pot) >= BigInt(price) * BigInt(settled.seats.length) * BIG_TIMES
  const name = winner.bot ? `Bot ${winner.seat + 1}` : maskedName(winner.user)
  const mode = modeOf(settled.mode)
  const { who, did } = outcomeOf({ ...settled, mode, seats: settled.seats.length }, name)
  const { bot } = winner
  return { type: 'drop', mode: modeTexts[mode].name, did, seq, at_ms, battle, who, bot, best, pot, price, big }
}

function openedLine({ seq, at_ms }: FeedEvent, created: BattleCreated): OpenedLine {
  const { battle, creator, rounds, price } = created
  const mode = modeTexts[modeOf(created.mode)].name
  const sides = versus(created.seats, created.teamSize)
  return { type: 'opened', mode, seq, at_ms, battle, who: maskedName(creator), rounds, sides, price }
}

function refixedLine({ seq, at_ms }: FeedEvent, { battle, entropy }: BattleStarted): RefixedLine {
  const { source, round } = entropy
  return { type: 'refixed', battle, round, drand: source.startsWith('drand:'), seq, at_ms }
}

function openingLine({ seq, at_ms }: FeedEvent, opened: OpeningOpened): OpeningLine {
  const { box, price, drops } = opened
  const best = dearest(drops)
  const value = drops.reduce((sum, drop) => sum + BigInt(drop.value), 0n)
  const big = best.rarity === 'legendary' || value >= BigInt(price) * BIG_TIMES
  const who = maskedName(opened.user)
  return { type: 'opening', box, count: drops.length, best, value: `${value}`, price, big, who, seq, at_ms }
}

function saleLine({ seq, at_ms }: FeedEvent, sold: ListingSold): SaleLine {
  const { buyer, asset, price, money } = sold
  const sku = asset.slice(asset.lastIndexOf(':') + 1)
  const { name, rarity } = { name: sold.name ?? sku, rarity: sold.rarity ?? 'common' }
  return { type: 'sale', asset, sku, name, rarity, price, money, who: maskedName(buyer), seq, at_ms }
}
