import type { OwnerId } from '../../schema/account.ts'
import { PLAY_CREDIT, isPlay, toAsset, type AssetId } from '../../schema/asset.ts'
import { toAmount } from '../../schema/amount.ts'
import type { ErrorCode } from '../../schema/errors.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { HoldStep, Transfer } from '../../schema/outcome.ts'
import { givenBack } from '../limits/budget.ts'

/** What a decision changes besides the state. `finished`: nothing can follow. */
export type Effects = Readonly<{
  kind: string
  transfers: readonly Transfer[]
  holds?: readonly HoldStep[]
  events: readonly EventDraft[]
  wake_at_ms?: number | null
  finished?: boolean
}>

/** `done`: it has been done already. */
export type Decision<State> =
  | Readonly<{ type: 'commit'; state: State; effects: Effects }>
  | Readonly<{ type: 'done'; state: State }>
  | Refused
export type Refused = Readonly<{ type: 'refuse'; code: ErrorCode; details?: unknown }>

export const refuse = (code: ErrorCode, details?: unknown): Refused => ({ type: 'refuse', code, details })

/** What is kept aside for an offer, by the id of its actor: `listing-…`, `order-…`, `trade-…`. */
export const escrowOf = (actor: string): OwnerId => `escrow:${actor}`

const USD = toAsset('USD')

/** What an item is paid with: play credits for what was won with play money, which is never exchanged for anything real. */
export function moneyFor(item: AssetId): AssetId {
  return isPlay(item) ? PLAY_CREDIT : USD
}

/** What the house keeps of a price, rounded down. `fee_bps` is in hundredths of a percent. */
export function feeOf(price: bigint, fee_bps: number): bigint {
  return (price * BigInt(fee_bps)) / 10_000n
}

export function move(asset: AssetId, debit: OwnerId, credit: OwnerId, amount: bigint): Transfer {
  return { asset, debit, credit, amount: toAmount(amount) }
}

/** The same; nothing where the amount is nothing. */
export function moveAny(asset: AssetId, debit: OwnerId, credit: OwnerId, amount: bigint): readonly Transfer[] {
  return amount === 0n ? [] : [move(asset, debit, credit, amount)]
}

/** A transfer that took from somebody's limits, as it stands in a state; `amount` is a decimal string. */
export type Taken = Readonly<{ asset: AssetId; debit: OwnerId; credit: OwnerId; amount: string }>

export function takenBy(spending: readonly Transfer[]): readonly Taken[] {
  return spending.map(({ asset, debit, credit, amount }) => ({ asset, debit, credit, amount: `${amount}` }))
}

/** Gives back to the limits what was taken and not spent; all of it when `amount` is left out. */
export function untaken(
  taken: readonly Taken[],
  times: Readonly<{ taken_ms: number; now_ms: number; amount?: bigint }>,
): readonly Transfer[] {
  const transfers = taken.map((each) => move(each.asset, each.debit, each.credit, BigInt(each.amount)))
  return givenBack(transfers, times)
}
