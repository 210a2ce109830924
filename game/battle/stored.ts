import { toAmount } from '../../schema/amount.ts'
import { toAsset } from '../../schema/asset.ts'
import { boxFromJson } from '../../schema/box.ts'
import { toJson } from '../../schema/json.ts'
import type { Battle, Result, Seat } from './state.ts'

/** JSON's view of a record: what was a bigint is a decimal string. */
type Json<T> = T extends bigint
  ? string
  : T extends string | number | boolean | null
    ? T
    : { readonly [key in keyof T]: Json<T[key]> }

/** A battle as the JSON text that rides with its actor; amounts are decimal strings. */
export function battleToJson(battle: Battle): string {
  return toJson(battle)
}

/** What battles have that were written before it could be otherwise. */
const plain = { teamSize: 1, sponsor: 0, minLevel: 0, borrowMax: 0, fast: false, limited: [] }

/** The battle that `battleToJson` wrote. Text from anywhere else is not checked. */
export function battleFromJson(text: string): Battle {
  const json = JSON.parse(text) as Json<Battle>
  return {
    ...plain,
    ...(json as unknown as Battle),
    seats: json.seats.map((seat) => seat && seatFromJson(seat)),
    price: toAmount(BigInt(json.price)),
    boxes: json.boxes.map(boxFromJson),
    result: json.result === null ? null : resultFromJson(json.result),
  }
}

function seatFromJson({ taken, ...seat }: Json<Seat>): Seat {
  const there = { ...seat, borrow: seat.borrow ?? 0 }
  if (taken === undefined) return there
  const transfers = taken.transfers.map(({ asset, debit, credit, amount }) => ({
    asset: toAsset(asset),
    debit,
    credit,
    amount: toAmount(BigInt(amount)),
  }))
  return { ...there, taken: { transfers, at_ms: taken.at_ms } }
}

function resultFromJson(json: Json<Result>): Result {
  return {
    ...(json as unknown as Result),
    totals: json.totals.map((total) => toAmount(BigInt(total))),
    payouts: json.payouts.map((payout) => ({ ...payout, amount: toAmount(BigInt(payout.amount)) })),
    pot: toAmount(BigInt(json.pot)),
  }
}
