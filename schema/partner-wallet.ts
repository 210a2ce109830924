import { z } from 'zod'
import { decimal } from './http.ts'

/**
 * What we ask the wallet of a partner that keeps its users' money itself, as JSON by POST to its URL with the action behind it.
 * `transaction` is the id of the opening. What a wallet has answered to a transaction it answers to the same one again; after a
 * rollback it refuses the debit that is late.
 */
export type WalletCall =
  | Readonly<{ action: 'balance'; user: string }>
  | Readonly<{
      action: 'debit'
      transaction: string
      user: string
      asset: string
      amount: string
      box: string
      count: number
    }>
  | Readonly<{ action: 'credit' | 'rollback'; transaction: string; user: string; asset: string; amount: string }>

/** `refused`: nothing was taken, and will not be under this transaction. Anything else than one of these leaves it open. */
export const walletAnswer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('ok'),
    balances: z
      .array(z.object({ asset: z.string(), balance: decimal }))
      .max(100)
      .optional(),
  }),
  z.object({ status: z.literal('refused'), reason: z.string().max(1000).optional() }),
])
