import { whyNotTogether } from '../../game/battle/options.ts'
import type { CreateBattle } from '../../schema/http.ts'

/** What is chosen for a battle besides its boxes and seats. */
export type Kind = Omit<CreateBattle, 'rounds' | 'seats' | 'clientSeed'>

/** Every mode, sides of every size and every option that fresh guests can play. `seats` are those it takes at least. */
const kinds: readonly (Kind & Readonly<{ seats?: number }>)[] = [
  { mode: 'standard' },
  { mode: 'crazy', fast: true },
  { mode: 'terminal', sponsor: 50 },
  { mode: 'jackpot', borrowMax: 50, borrow: 20 },
  { mode: 'standard', seats: 4, teamSize: 2 },
  { mode: 'crazy-terminal', unlisted: true },
  { mode: 'shared', sponsor: 100 },
  { mode: 'group', fast: true, unlisted: true },
  { mode: 'crazy-jackpot', sponsor: 10 },
  { mode: 'crazy', seats: 6, teamSize: 3, borrowMax: 90, borrow: 90 },
  { mode: 'jackpot', seats: 6, teamSize: 2, fast: true },
]

/** The `nth` kind of battle for a table of `seats`, or of a few more, which bots take. */
export function mixed(nth: number, seats: number): Readonly<{ kind: Kind; seats: number }> {
  const fitting = kinds.flatMap(({ seats: least = 2, ...kind }) => {
    const { mode = 'standard', teamSize = 1, sponsor = 0, minLevel = 0, borrowMax = 0 } = kind
    const of = { mode, seats: Math.max(least, seats), teamSize, sponsor, minLevel, borrowMax }
    return whyNotTogether(of) === undefined ? [{ kind, seats: of.seats }] : []
  })
  return fitting[nth % fitting.length]!
}
