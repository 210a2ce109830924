import { HOUSE, partnerOwner } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { toAsset } from '../../schema/asset.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { OpeningOpened } from '../../schema/opening.ts'
import type { Transfer } from '../../schema/outcome.ts'
import type { CommissionPosted, CommissionRule } from '../../schema/partner-api.ts'

/** Who earns of the openings in a tenant, and how much. */
export type Commission = Readonly<{ partner: string; rule: CommissionRule }>

export type CommissionEffects = Readonly<{ transfers: readonly Transfer[]; events: readonly EventDraft[] }>

const WHOLE = 10_000n
const NOTHING: CommissionEffects = { transfers: [], events: [] }

/** What came out of an opening is worth, in the asset it was paid with. */
export function valueOf({ drops }: Pick<OpeningOpened, 'drops'>): bigint {
  return drops.reduce((sum, { value }) => sum + BigInt(value), 0n)
}

/**
 * What the house passes on of an opening, in the asset it was paid with: so many parts of ten thousand of its price, or of what it
 * leaves the house; rounded down. Of a loss nothing is carried over.
 */
export function commissionOn(opened: OpeningOpened, { partner, rule }: Commission): CommissionEffects {
  const { opening, asset, price } = opened
  const base = rule.of === 'price' ? BigInt(price) : BigInt(price) - valueOf(opened)
  const amount = base > 0n ? (base * BigInt(rule.basisPoints)) / WHOLE : 0n
  if (amount === 0n) return NOTHING
  const { of, basisPoints } = rule
  const payload: CommissionPosted = { partner, opening, of, basisPoints, asset, base: `${base}`, amount: `${amount}` }
  return {
    transfers: [{ asset: toAsset(asset), debit: HOUSE, credit: partnerOwner(partner), amount: toAmount(amount) }],
    events: [{ type: 'commission.posted', payload }],
  }
}
