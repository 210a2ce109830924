import type { Principal } from '../access/access.ts'
import type { Persons } from '../access/persons/persons.ts'
import { isPlay, type AssetId } from '../schema/asset.ts'
import type { Transfer } from '../schema/outcome.ts'

/** Who spends. */
export type Spender = Pick<Principal, 'tenant' | 'user'>

/**
 * What people have let themselves do, kept by the ledger: whoever composes an outcome that spends puts these transfers into it, and
 * a budget that is used up refuses it.
 */
export interface Limits {
  /**
   * What spending `amount` of `money` on openings, seats, or from others takes from the spender's budgets; nothing where there are no
   * limits. Throws `limit/excluded`, `limit/session`, `person/age-unknown`, `person/too-young`, `box/not-sold-here`; the last three for
   * real money only.
   */
  spend(spender: Spender, money: AssetId, amount: bigint): Promise<readonly Transfer[]>
  /** The same for paying `amount` of `money` in. */
  deposit(spender: Spender, money: AssetId, amount: bigint): Promise<readonly Transfer[]>
  close(): Promise<void>
}

export type LimitParts = Readonly<{ persons: Persons }>

/** The limits of one node. */
export function createLimits({ persons }: LimitParts): Limits {
  const take = async (spender: Spender, money: AssetId): Promise<readonly Transfer[]> => {
    if (!isPlay(money)) await persons.demandRealMoney(spender)
    return []
  }
  return { spend: take, deposit: take, close: () => Promise.resolve() }
}
