import { escrowOwner, STOCK, type OwnerId } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { itemAsset, type AssetId } from '../../schema/asset.ts'
import type { Limited } from '../../schema/battle-event.ts'
import type { Transfer } from '../../schema/outcome.ts'
import type { Battle, Payout } from './state.ts'

/** How many of the limited items are free. Of what does not stand in it there are none. */
export type InStock = ReadonlyMap<AssetId, bigint>

export const NOTHING_IN_STOCK: InStock = new Map()

type Held = Pick<Battle, 'id' | 'asset' | 'limited'>

/** How many of an item could be drawn at most: one for every seat in every round whose box holds it. */
export function mostDrawn({ boxes, rounds, seats }: Drawn, sku: string): number {
  const holds = boxes.map(({ prizes }) => prizes.some((prize) => prize.sku === sku))
  return rounds.filter((box) => holds[box]).length * seats.length
}
type Drawn = Pick<Battle, 'boxes' | 'rounds'> & Readonly<{ seats: readonly unknown[] }>

/** Of each limited item what a battle keeps from its start on: all it could draw, or nothing when there is not so much. */
export function reserved(battle: Battle, inStock: InStock): readonly Limited[] {
  return battle.limited.map(({ sku }) => {
    const most = mostDrawn(battle, sku)
    const free = inStock.get(itemAsset(sku, battle.asset)) ?? 0n
    return { sku, reserved: free >= BigInt(most) ? most : 0 }
  })
}

/** What is reserved goes from the stock into the escrow. The ledger refuses it when others have taken it meanwhile. */
export function reservations(battle: Held): Transfer[] {
  return battle.limited.flatMap(({ sku, reserved: count }) =>
    moved(battle, sku, [STOCK, escrowOwner(battle.id)], count),
  )
}

/** What was reserved and is paid out to nobody goes back into the stock. */
export function released(battle: Battle, payouts: readonly Payout[]): Transfer[] {
  return battle.limited.flatMap(({ sku, reserved: count }) => {
    const asset = itemAsset(sku, battle.asset)
    const won = payouts.filter((payout) => payout.asset === asset && battle.seats[payout.seat]!.user !== null)
    const rest = won.reduce((left, { amount }) => left - Number(amount), count)
    return moved(battle, sku, [escrowOwner(battle.id), STOCK], count === 0 ? 0 : rest)
  })
}

/** Whether what is drawn of this item comes out of the escrow. */
export function isReserved(limited: readonly Limited[], sku: string): boolean {
  return limited.some((item) => item.sku === sku && item.reserved > 0)
}

/** Whether what is drawn of this item is paid in money, because there was not enough of it. */
export function isPaidInMoney(limited: readonly Limited[], sku: string): boolean {
  return limited.some((item) => item.sku === sku && item.reserved === 0)
}

function moved(battle: Held, sku: string, [debit, credit]: readonly [OwnerId, OwnerId], count: number): Transfer[] {
  return count === 0 ? [] : [{ asset: itemAsset(sku, battle.asset), debit, credit, amount: toAmount(BigInt(count)) }]
}
