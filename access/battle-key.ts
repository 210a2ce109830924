import { timingSafeEqual } from 'node:crypto'
import type { BattleRef } from '../schema/battle-ref.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { Sealer } from './seal.ts'

/** Who may come in, as far as it stands in the battle itself. */
type Guarded = Readonly<{
  id: string
  unlisted: boolean
  creator: string
  seats: readonly (Readonly<{ user: string | null }> | null)[]
}>

/** The key of a battle that is in no list: a secret apart from its id, which stands in logs and on accounts. */
export function battleKey(sealer: Pick<Sealer, 'word'>, battle: string): string {
  return sealer.word(`battle-key/${battle}`)
}

/**
 * Throws `battle/unknown`, as for one that does not exist, when a battle that is in no list is asked for without its key by
 * somebody who neither made it nor sits in it.
 */
export function assertMayEnter(
  sealer: Pick<Sealer, 'word'>,
  battle: Guarded,
  { key, user }: Pick<BattleRef, 'key'> & Readonly<{ user: string | undefined }>,
): void {
  if (!battle.unlisted) return
  if (key !== undefined && isSame(key, battleKey(sealer, battle.id))) return
  const isOwn = user !== undefined && (battle.creator === user || battle.seats.some((seat) => seat?.user === user))
  if (!isOwn) throw new RollingDropError('battle/unknown', { battle: battle.id })
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
