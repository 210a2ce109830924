import type { Pool } from 'pg'
import type { Ledger } from '../ledger/ledger.ts'
import { debtPaid } from '../game/wallet/deposit.ts'
import { freezesOf, payIn, takesFrom, type Purse } from '../game/wallet/purse.ts'
import { owedOwner, userOwner } from '../schema/account.ts'
import { isAsset, isPlay, owedAsset, type AssetId } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError, toRollingDropError } from '../schema/errors.ts'
import { uuidv7 } from '../schema/uuid.ts'
import type { Debts } from '../schema/wallet.ts'
import type { Owner } from './parts.ts'

type Books = Readonly<{ pool: Pool; ledger: Pick<Ledger, 'commit' | 'reader'> }>

/** Times that a user may be faster with the same money. */
const TRIES_MAX = 32

/** What a user has and owes of `money` just now. */
export async function readPurse({ pool, ledger }: Books, owner: Owner, money: AssetId): Promise<Purse> {
  const { tenant, user } = owner
  const { reader } = ledger
  const [own, owed] = await Promise.all([
    reader.balance(tenant, userOwner(user), money),
    reader.balance(tenant, owedOwner(user), owedAsset(money)),
  ])
  const frozen = own?.frozen ?? false
  return {
    user,
    money,
    free: own ? own.balance - own.held : 0n,
    owed: owed?.balance ?? 0n,
    frozen,
    byStaff: frozen && (await isFrozenByStaff(pool, user)),
  }
}

/** What staff has frozen stays so when nothing is owed any more. */
async function isFrozenByStaff(pool: Pool, user: string): Promise<boolean> {
  const { rowCount } = await pool.query('select from frozen_user where user_id = $1', [user])
  return rowCount === 1
}

/** All that a user owes. */
export async function readDebts({ reader }: Pick<Ledger, 'reader'>, { tenant, user }: Owner): Promise<Debts['debts']> {
  const [owed, own] = await Promise.all([
    reader.balances(tenant, owedOwner(user)),
    reader.balances(tenant, userOwner(user)),
  ])
  return owed.flatMap(({ asset, balance }) => {
    const money = asset.replace(/^owed:/, '')
    const frozen = own.find((each) => each.asset === money)?.frozen ?? false
    return balance > 0n ? [{ asset: money, owed: `${balance}`, frozen }] : []
  })
}

/** Does what depends on a purse, again with a fresh one as long as the user moves the money meanwhile. */
export async function withPurse<T>(
  books: Books,
  { owner, money }: Readonly<{ owner: Owner; money: AssetId }>,
  work: (purse: () => Promise<Purse>) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work(() => readPurse(books, owner, money))
    } catch (cause) {
      const { code } = toRollingDropError(cause)
      if ((code !== 'ledger/insufficient' && code !== 'ledger/frozen') || tries === TRIES_MAX) throw cause
    }
  }
}

/**
 * Pays what is owed from what is there, and brings the freezing into line with what is left. To be called when either has changed. Looks
 * again after all it does: what it has freed may be owed of again by then.
 */
export async function settleDebt(books: Books, owner: Owner, money: AssetId, now_ms: number): Promise<void> {
  while (await withPurse(books, { owner, money }, async (read) => settleOnce(books, owner, await read(), now_ms)));
}

/** Returns whether there was anything to do. */
async function settleOnce({ ledger }: Books, { tenant, user }: Owner, before: Purse, now_ms: number): Promise<boolean> {
  const { purse: after, transfers } = payIn(before, 0n)
  const freezes = freezesOf(before, after, takesFrom(before, transfers))
  if (transfers.length === 0 && freezes.length === 0) return false
  const paid = debtPaid(before, after)
  const frozen = { user, asset: before.money, frozen: freezes.at(-1)?.frozen ?? before.frozen }
  await ledger.commit({
    id: uuidv7(now_ms),
    kind: 'debt.pay',
    tenant,
    owner: userOwner(user),
    request: digestOf({ debt: before.money, user }),
    transfers,
    freezes,
    events: paid.length > 0 ? paid : [{ type: 'payment.noted', payload: frozen }],
  })
  return true
}

/** `text` as real money. Throws `payment/asset` for anything else. */
export function realMoney(text: string, known: readonly AssetId[]): AssetId {
  if (!isAsset(text) || isPlay(text) || !known.includes(text)) throw new RollingDropError('payment/asset')
  return text
}
