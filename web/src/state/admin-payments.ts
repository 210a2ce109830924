import { signal } from '@preact/signals'
import type { AddressedRedemption, Reconciliation, StaffPayment, StaffRedemption } from '../../../schema/wallet.ts'
import { sdk } from '../sdk.ts'
import { toast, toastError } from './toast.ts'

/** Withdrawals that wait for somebody of the staff; null until loaded. */
export const waiting = signal<readonly StaffPayment[] | null>(null)
/** Things that are to be sent off; null until loaded. */
export const toShip = signal<readonly StaffRedemption[] | null>(null)
/** The one whose address is on show. */
export const addressed = signal<AddressedRedemption | null>(null)
/** The day that was asked for. */
export const reconciled = signal<Reconciliation | null>(null)

export async function loadDesk(): Promise<void> {
  try {
    const [withdrawals, redemptions] = await Promise.all([sdk.admin.payments.waiting(), sdk.admin.payments.toShip()])
    waiting.value = withdrawals.payments
    toShip.value = redemptions.redemptions
  } catch (error) {
    toastError(error)
  }
}

async function done(work: Promise<unknown>, words: string): Promise<void> {
  try {
    await work
    toast(words, 'good')
  } catch (error) {
    toastError(error)
  }
  addressed.value = null
  await loadDesk()
}

export function judge({ id }: StaffPayment, verdict: 'approve' | 'refuse'): Promise<void> {
  return done(sdk.admin.payments.judge(id, verdict), verdict === 'approve' ? 'It is on its way.' : 'Refused.')
}

export function endRedemption({ id }: StaffRedemption, how: 'ship' | 'void'): Promise<void> {
  return done(sdk.admin.payments.endRedemption(id, how), how === 'ship' ? 'Sent.' : 'Given back.')
}

export async function showAddress({ id }: StaffRedemption): Promise<void> {
  addressed.value = await sdk.admin.payments.redemption(id)
}

export async function reconcile(day: string): Promise<void> {
  reconciled.value = await sdk.admin.payments.reconciliation(day)
}
