import { schema, t, type SchemaType } from '@colyseus/schema'

/**
 * One seat as everyone sees it. `user` is empty while the seat is free; `total` counts revealed
 * rounds only; `borrow` is in percent; `share` is the worth of what the seat gets, empty before the settlement.
 */
export const SeatState = schema(
  {
    seat: t.uint8(),
    user: t.string(),
    name: t.string(),
    bot: t.boolean(),
    clientSeed: t.string(),
    borrow: t.uint8(),
    total: t.string(),
    share: t.string(),
    connected: t.boolean(),
  },
  'SeatState',
)
export type SeatState = SchemaType<typeof SeatState>

/** One prize of a revealed round. Amounts are decimal strings in smallest units of the battle's asset. */
export const DropState = schema({ round: t.uint8(), seat: t.uint8(), sku: t.string(), value: t.string() }, 'DropState')
export type DropState = SchemaType<typeof DropState>

/**
 * A battle as clients see it. It never holds anything of a round before that round is revealed, nor the server seed before
 * settlement. Times are unix ms of the server's committed clock; `rounds[i]` is the box opened in round i. `teamSize` seats in a row are a side (1: everyone is
 * alone); `entry` is what the next player pays, the price less the `sponsor` percent of it; `borrowMax` is in percent; `inMoney` are the skus
 * that are paid in money, because there are too few of them.
 */
export const BattleState = schema(
  {
    battle: t.string(),
    phase: t.string(),
    mode: t.string(),
    teamSize: t.uint8(),
    asset: t.string(),
    price: t.string(),
    entry: t.string(),
    sponsor: t.uint8(),
    minLevel: t.uint8(),
    borrowMax: t.uint8(),
    creator: t.string(),
    unlisted: t.boolean(),
    createdAt: t.float64(),
    expiresAt: t.float64(),
    seedHash: t.string(),
    boxesHash: t.string(),
    rounds: t.array('string'),
    seats: t.array(SeatState),
    entropySource: t.string(),
    entropyRound: t.uint32(),
    entropyDue: t.float64(),
    entropy: t.string(),
    revealFrom: t.float64(),
    revealMs: t.uint32(),
    revealed: t.uint8(),
    drops: t.array(DropState),
    winners: t.array('uint8'),
    pot: t.string(),
    serverSeed: t.string(),
    now: t.float64(),
    inMoney: t.array('string'),
  },
  'BattleState',
)
export type BattleState = SchemaType<typeof BattleState>

export const battlePhases = ['waiting', 'drawing', 'revealing', 'settled', 'cancelled'] as const
export type BattlePhase = (typeof battlePhases)[number]
