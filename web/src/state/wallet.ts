import { signal } from '@preact/signals'
import { toAsset } from '../../../schema/asset.ts'
import type { Debts, Payment, PaymentMoney, Redemption } from '../../../schema/wallet.ts'
import { money } from '../format/money.ts'
import { sdk } from '../sdk.ts'
import { confirmed } from './confirmation.ts'
import { onOwnResult } from './session.ts'
import { toast, toastError } from './toast.ts'

export type WalletView = Readonly<{
  money: PaymentMoney
  payments: readonly Payment[]
  next: string | null
  redemptions: readonly Redemption[]
  debts: Debts['debts']
}>

/** Null until loaded. */
export const wallet = signal<WalletView | null>(null)

const PAGE = 20

/** Keeps the wallet as it stands, as long as it is looked at. Returns what ends it. */
export function followWallet(): () => void {
  const load = () => void loadWallet()
  load()
  // Whoever has paid comes back to this tab.
  addEventListener('focus', load)
  const stop = onOwnResult(load)
  return () => {
    removeEventListener('focus', load)
    stop()
  }
}

async function loadWallet(): Promise<void> {
  try {
    const [known, { payments, next }, { redemptions }, debts] = await Promise.all([
      sdk.wallet.money(),
      sdk.wallet.payments({ limit: PAGE }),
      sdk.wallet.redemptions({ limit: PAGE }),
      sdk.wallet.debts(),
    ])
    wallet.value = { money: known, payments, next, redemptions, debts }
  } catch (error) {
    toastError(error)
  }
}

export async function loadMorePayments(): Promise<void> {
  const before = wallet.value
  if (before === null || before.next === null) return
  try {
    const { payments, next } = await sdk.wallet.payments({ limit: PAGE, cursor: before.next })
    wallet.value = { ...before, payments: [...before.payments, ...payments], next }
  } catch (error) {
    toastError(error)
  }
}

/** Begins a payment and goes to where it is paid. */
export async function payIn(asset: string, amount: bigint): Promise<void> {
  const { url } = await sdk.wallet.deposit({ asset: toAsset(asset), amount: `${amount}` })
  if (url !== null) open(url, '_blank', 'noopener')
  await loadWallet()
}

export async function payOut(asset: string, amount: bigint, target: string): Promise<void> {
  const payment = await confirmed(() => sdk.wallet.withdraw({ asset: toAsset(asset), amount: `${amount}`, target }))
  if (payment === undefined) return
  const words = payment.state === 'waiting' ? 'It waits to be looked at.' : 'It is on its way.'
  toast(`${money(amount, asset)} set aside. ${words}`, 'good')
  await loadWallet()
}

export async function cancelRedemption({ id }: Redemption): Promise<void> {
  try {
    await sdk.wallet.cancelRedemption(id)
    await loadWallet()
  } catch (error) {
    toastError(error)
  }
}
