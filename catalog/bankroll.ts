import type { Ledger } from '../ledger/ledger.ts'
import { HOUSE, PLAY_FAUCET, type TenantId } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { PLAY_CREDIT } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import { uuidv7 } from '../schema/uuid.ts'

/** Ten million play credits, in hundredths: what the house can lose to lucky players before anybody hears "too low". */
export const BANKROLL = toAmount(1_000_000_000n)

/**
 * Sees to it that the house can pay for bots' seats and buy items back: with less than half of BANKROLL in play credits
 * it gets as much again from the faucet. Two nodes that start at once may both give it.
 */
export async function ensureBankroll(ledger: Ledger, tenant: TenantId, clock: () => number): Promise<void> {
  const held = await ledger.reader.balance(tenant, HOUSE, PLAY_CREDIT)
  if (held && held.balance >= BANKROLL / 2n) return
  const payload = { asset: PLAY_CREDIT, from: PLAY_FAUCET, to: HOUSE, amount: BANKROLL }
  await ledger.commit({
    id: uuidv7(clock()),
    kind: 'house.fund',
    tenant,
    request: digestOf(payload),
    transfers: [{ asset: PLAY_CREDIT, debit: PLAY_FAUCET, credit: HOUSE, amount: BANKROLL }],
    events: [{ type: 'money.moved', payload }],
  })
}
