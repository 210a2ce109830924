import { marksActor, marksFromJson } from '../game/market/marks.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { userOwner, type TenantId } from '../schema/account.ts'
import { RollingDropError, toRollingDropError } from '../schema/errors.ts'

/**
 * What `work` gives. Where the ledger refuses it because there is not enough of an item of which the user has locked some, the refusal
 * says so: `item/locked`.
 */
export async function tellingOfLocks<T>(
  { actors }: Pick<Ledger, 'actors'>,
  { user, tenant }: Readonly<{ user: string; tenant: TenantId }>,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work
  } catch (cause) {
    const { code, details } = toRollingDropError(cause)
    const { owner, asset } = (details ?? {}) as Readonly<{ owner?: string; asset?: string }>
    if (code !== 'ledger/insufficient' || owner !== userOwner(user) || asset === undefined) throw cause
    const row = await actors.find(marksActor(user))
    const marks = row?.tenant === tenant ? marksFromJson(row.state) : undefined
    if (!marks?.items[asset]?.locked) throw cause
    throw new RollingDropError('item/locked', { asset }, cause)
  }
}
