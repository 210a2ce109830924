import type { Battle, Pull } from './state.ts'

/** The prize a pull stands for. */
export function prizeOf(battle: Pick<Battle, 'boxes' | 'rounds'>, pull: Pull) {
  return boxOf(battle, pull.round).prizes[pull.prize]!
}

/** The box opened in `round`. */
export function boxOf(battle: Pick<Battle, 'boxes' | 'rounds'>, round: number) {
  return battle.boxes[battle.rounds[round]!]!
}
