import type { BattleMode } from '../../../schema/battle-mode.ts'
import type { IconName } from '../shell/icon.tsx'

/** How a mode is told to players. `goal` is its rule in a few words, `rule` in a sentence. */
type ModeText = Readonly<{ name: string; icon: IconName; goal: string; rule: string; won: string }>

export const modeTexts: Readonly<Record<BattleMode, ModeText>> = {
  standard: {
    name: 'Standard',
    icon: 'crown',
    goal: 'Highest total wins',
    rule: 'The highest total takes everything that is opened.',
    won: 'The highest total takes everything.',
  },
  crazy: {
    name: 'Crazy',
    icon: 'flip',
    goal: 'Lowest total wins',
    rule: 'Upside down: the lowest total takes everything that is opened.',
    won: 'The lowest total takes everything.',
  },
  terminal: {
    name: 'Terminal',
    icon: 'flag',
    goal: 'Best last round wins',
    rule: 'Only the last round counts: the most in it takes everything that is opened.',
    won: 'The best last round takes everything.',
  },
  'crazy-terminal': {
    name: 'Crazy terminal',
    icon: 'flagFlip',
    goal: 'Worst last round wins',
    rule: 'Only the last round counts: the least in it takes everything that is opened.',
    won: 'The smallest last round takes everything.',
  },
  shared: {
    name: 'Shared',
    icon: 'share',
    goal: 'Everyone splits evenly',
    rule: 'Nobody loses: everything that is opened is split evenly, to the cent.',
    won: 'Everything was split evenly, to the cent.',
  },
  group: {
    name: 'Group',
    icon: 'group',
    goal: 'Everyone keeps their own',
    rule: 'Together, not against each other: everyone keeps what they open.',
    won: 'Everyone keeps what they opened.',
  },
  jackpot: {
    name: 'Jackpot',
    icon: 'ticket',
    goal: 'Open more, better odds',
    rule: 'One ticket decides. The more a side opens, the better its odds to take everything.',
    won: 'The ticket fell here and takes everything.',
  },
  'crazy-jackpot': {
    name: 'Crazy jackpot',
    icon: 'ticketFlip',
    goal: 'Open less, better odds',
    rule: 'One ticket decides. The less a side opens, the better its odds to take everything.',
    won: 'The ticket fell here and takes everything.',
  },
}

/** Whether nobody plays against anybody. */
export const isPeaceful = (mode: BattleMode) => mode === 'shared' || mode === 'group'
export const isJackpot = (mode: BattleMode) => mode === 'jackpot' || mode === 'crazy-jackpot'
export const isTerminal = (mode: BattleMode) => mode === 'terminal' || mode === 'crazy-terminal'
export const isCrazy = (mode: BattleMode) => mode.startsWith('crazy')
