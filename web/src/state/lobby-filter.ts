import type { BattleMode } from '../../../schema/battle-mode.ts'
import type { BattleQuery } from '../../../schema/http.ts'
import type { LobbyBattle } from './lobby-battle.ts'

/** What the price of a seat may be, both ends included, in hundredths of a credit. */
export type PriceBand = Readonly<{ min?: bigint; max?: bigint }>

export const priceBands: readonly PriceBand[] = [
  { max: 500n },
  { min: 500n, max: 2_000n },
  { min: 2_000n, max: 10_000n },
  { min: 10_000n },
]

/** Which waiting battles one wants to see. `price` counts in `priceBands`; null is any. */
export type LobbyFilter = Readonly<{ mode: BattleMode | null; box: string | null; price: number | null }>

export const ANY_BATTLE: LobbyFilter = { mode: null, box: null, price: null }

export const isNarrowed = ({ mode, box, price }: LobbyFilter) => mode !== null || box !== null || price !== null

/** The filter as the server understands it. */
export function queryOf({ mode, box, price }: LobbyFilter): BattleQuery {
  const { min, max } = bandOf(price)
  return {
    ...(mode !== null && { mode }),
    ...(box !== null && { box }),
    ...(min !== undefined && { minPrice: `${min}` }),
    ...(max !== undefined && { maxPrice: `${max}` }),
  }
}

/** Whether the server would list this battle, too: for those of which the feed tells. */
export function isWanted({ mode, box, price }: LobbyFilter, battle: LobbyBattle): boolean {
  const { min, max } = bandOf(price)
  return (
    (mode === null || battle.mode === mode) &&
    (box === null || battle.rounds.includes(box)) &&
    (min === undefined || battle.price >= min) &&
    (max === undefined || battle.price <= max)
  )
}

const bandOf = (price: number | null): PriceBand => (price === null ? {} : (priceBands[price] ?? {}))
