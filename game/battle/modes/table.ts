import type { BattleMode } from '../../../schema/battle-mode.ts'
import { crazyJackpot } from './crazy-jackpot.ts'
import { crazyTerminal } from './crazy-terminal.ts'
import { crazy } from './crazy.ts'
import { group } from './group.ts'
import { jackpot } from './jackpot.ts'
import type { Mode } from './mode.ts'
import { shared } from './shared.ts'
import { standard } from './standard.ts'
import { terminal } from './terminal.ts'

/** Every mode by its name. */
export const modes: Readonly<Record<BattleMode, Mode>> = {
  standard,
  crazy,
  terminal,
  'crazy-terminal': crazyTerminal,
  shared,
  group,
  jackpot,
  'crazy-jackpot': crazyJackpot,
}
