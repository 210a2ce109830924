import type { BattleMode } from '../../schema/battle-mode.ts'
import { BORROW_PERCENT_MAX } from '../../schema/battle-mode.ts'
import { LEVEL_MAX } from '../../schema/level.ts'

/** What may be chosen for a battle besides its boxes. Percents are whole. */
export type Options = Readonly<{
  mode: BattleMode
  seats: number
  teamSize: number
  /** Percent of the other players' stakes that the creator pays. */
  sponsor: number
  /** Level that the other players must have. */
  minLevel: number
  /** Percent of a stake that players may borrow; 0: none. */
  borrowMax: number
}>

const SEATS_MIN = 2
const SEATS_MAX = 6

const within = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most
const hasNoOpponent = (mode: BattleMode) => mode === 'shared' || mode === 'group'

type Rule = Readonly<{ reason: string; forbids: (options: Options) => boolean }>

/** Everything that does not go together, each with what is told to whoever tries. */
const rules: readonly Rule[] = [
  {
    reason: `${SEATS_MIN} … ${SEATS_MAX} seats`,
    forbids: ({ seats }) => !within(seats, SEATS_MIN, SEATS_MAX),
  },
  {
    reason: 'teams are 2v2, 3v3 or 2v2v2',
    forbids: ({ seats, teamSize }) =>
      teamSize !== 1 && !(teamSize === 2 && (seats === 4 || seats === 6)) && !(teamSize === 3 && seats === 6),
  },
  { reason: 'the creator sponsors 0 … 100 percent', forbids: ({ sponsor }) => !within(sponsor, 0, 100) },
  { reason: `levels are 0 … ${LEVEL_MAX}`, forbids: ({ minLevel }) => !within(minLevel, 0, LEVEL_MAX) },
  {
    reason: `0 … ${BORROW_PERCENT_MAX} percent can be borrowed`,
    forbids: ({ borrowMax }) => !within(borrowMax, 0, BORROW_PERCENT_MAX),
  },
  {
    reason: 'there are no teams where nobody plays against anybody (shared, group)',
    forbids: ({ mode, teamSize }) => hasNoOpponent(mode) && teamSize > 1,
  },
  {
    reason: 'nothing is borrowed where nobody plays against anybody (shared, group)',
    forbids: ({ mode, borrowMax }) => hasNoOpponent(mode) && borrowMax > 0,
  },
  {
    reason: 'nothing is borrowed where the creator pays for the others',
    forbids: ({ sponsor, borrowMax }) => sponsor > 0 && borrowMax > 0,
  },
]

/** Why these do not go together; undefined when they do. */
export function whyNotTogether(options: Options): string | undefined {
  return rules.find(({ forbids }) => forbids(options))?.reason
}

/** Why `borrow` percent cannot be borrowed in a battle that allows `borrowMax`; undefined when it can. */
export function whyNotBorrow(borrow: number, borrowMax: number): string | undefined {
  return within(borrow, 0, borrowMax) ? undefined : `0 … ${borrowMax} percent can be borrowed here`
}
