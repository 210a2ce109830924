import type { BattleMode } from '../../../schema/battle-mode.ts'
import { count } from '../format/words.ts'
import { teamName } from './sides.ts'

type Ended = Readonly<{ mode: BattleMode; teamSize: number; seats: number; winners: readonly number[] }>

/** A result in one line: who got what was opened, and by which word. `name` is that of the first winning seat. */
export function outcomeOf({ mode, teamSize, seats, winners }: Ended, name: string): { who: string; did: string } {
  if (mode === 'shared') return { who: count(seats, 'player'), did: 'shared' }
  if (mode === 'group') return { who: count(seats, 'player'), did: 'opened' }
  if (teamSize > 1) return { who: teamName(Math.floor((winners[0] ?? 0) / teamSize)), did: 'won' }
  return { who: name, did: 'won' }
}
