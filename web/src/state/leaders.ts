import { signal } from '@preact/signals'
import type { BattleSummary } from '../../../schema/http.ts'
import { sdk } from '../sdk.ts'
import { costs } from './draft-options.ts'
import { toastError } from './toast.ts'

/** A player over the last finished battles, amounts in hundredths. */
export type Leader = Readonly<{
  user: string
  name: string
  battles: number
  won: bigint
  paid: bigint
  best: Readonly<{ battle: string; share: bigint }> | null
}>

const BATTLES = 100
const LEADERS_MAX = 20

/** Null until it is loaded. */
export const leaders = signal<readonly Leader[] | null>(null)
export const counted = signal(0)

/** Counts the latest finished battles anew: who won the most in them. */
export async function loadLeaders(): Promise<void> {
  try {
    const { battles } = await sdk.battles.list({ status: 'finished', limit: BATTLES })
    const settled = battles.filter(({ phase }) => phase === 'settled')
    counted.value = settled.length
    leaders.value = ranked(settled)
  } catch (error) {
    toastError(error)
  }
}

function ranked(battles: readonly BattleSummary[]): readonly Leader[] {
  const byUser = new Map<string, Leader>()
  for (const battle of battles) {
    for (const seat of battle.seats) {
      if (seat.user === null || seat.bot || seat.share === null) continue
      const before = byUser.get(seat.user)
      const share = BigInt(seat.share)
      const best = share > (before?.best?.share ?? 0n) ? { battle: battle.id, share } : (before?.best ?? null)
      byUser.set(seat.user, {
        user: seat.user,
        name: before?.name ?? seat.name ?? 'Player',
        battles: (before?.battles ?? 0) + 1,
        won: (before?.won ?? 0n) + share,
        paid: (before?.paid ?? 0n) + stakeOf(battle, seat),
        best,
      })
    }
  }
  return [...byUser.values()].toSorted((a, b) => Number(b.won - a.won)).slice(0, LEADERS_MAX)
}

/** What a player paid of their own for the seat; gifts to others are left out, they were not played for. */
function stakeOf(battle: BattleSummary, { seat, borrow }: BattleSummary['seats'][number]): bigint {
  const price = BigInt(seat === 0 ? battle.price : battle.entry)
  return costs(price, { ...battle, seats: battle.seats.length, sponsor: 0, borrow }).own
}
