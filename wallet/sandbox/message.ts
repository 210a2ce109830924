import { z } from 'zod'
import type { ProviderEvent } from '../provider.ts'

/** An event as the sandbox writes it. */
const message = z.object({
  type: z.enum(['paid', 'failed', 'refunded', 'refund-failed', 'charged-back', 'paid-out', 'payout-failed']),
  payment: z.string().max(64),
  part: z.string().min(1).max(64),
  asset: z.string().max(100),
  amount: z
    .string()
    .regex(/^[1-9][0-9]{0,17}$/)
    .transform(BigInt),
  at_ms: z.int().min(0),
})

/** Throws what zod throws. */
export function eventFromJson(value: unknown): ProviderEvent {
  return message.parse(value)
}

export function eventToJson({ type, payment, part, asset, amount, at_ms }: ProviderEvent) {
  return { type, payment, part, asset, amount: `${amount}`, at_ms }
}
