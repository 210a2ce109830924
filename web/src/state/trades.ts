import { signal } from '@preact/signals'
import type { UserInventory } from '../../../schema/market.ts'
import type { OfferTrade, Trade } from '../../../schema/trade.ts'
import { sdk } from '../sdk.ts'
import { confirmed } from './confirmation.ts'
import { onOwnResult } from './session.ts'
import { toast, toastError } from './toast.ts'

/** Null until loaded. */
export const trades = signal<readonly Trade[] | null>(null)
/** What somebody shows of their things. Null until loaded, undefined where there is no such player. */
export const showcase = signal<UserInventory | null | undefined>(null)

const PAGE = 50

/** Keeps the trades as they stand, as long as they are looked at. Returns what ends it. */
export function followTrades(): () => void {
  void loadTrades()
  return onOwnResult(() => void loadTrades())
}

async function loadTrades(): Promise<void> {
  try {
    trades.value = (await sdk.trades.list({ limit: PAGE })).trades
  } catch (error) {
    toastError(error)
  }
}

export async function loadShowcase(user: string): Promise<void> {
  showcase.value = null
  showcase.value = await sdk.inventory.of(user).catch(() => undefined)
}

/** Offers a trade; true when it stands. */
export async function offer(wanted: OfferTrade): Promise<boolean> {
  try {
    if ((await confirmed(() => sdk.trades.offer(wanted))) === undefined) return false
    toast('Offered. What you give is kept aside until the other has answered.', 'good')
    return true
  } catch (error) {
    toastError(error)
    return false
  }
}

const done = { accept: 'Traded.', decline: 'Declined.', cancel: 'Taken back.' } as const

export async function answer(trade: Trade, how: keyof typeof done): Promise<void> {
  try {
    if ((await confirmed(() => sdk.trades[how](trade.id))) !== undefined) toast(done[how], 'good')
  } catch (error) {
    toastError(error)
  }
  await loadTrades()
}
