import type { Noted } from '../game/battle/verify.ts'
import type { BattleState } from '../schema/battle-state.ts'

/** Battles remembered; the oldest make room. A note is a few hundred bytes. */
const BATTLES_MAX = 500

/**
 * What this client saw of battles while they were open: a proof shows that its parts agree, only such a note shows that
 * they were fixed in time. The first sight counts; what a server says later does not change it.
 */
export class Notes {
  #all = new Map<string, Noted>()

  of(battle: string): Noted {
    return this.#all.get(battle) ?? {}
  }

  saw({ battle, seedHash, boxesHash, entropySource, entropyRound }: BattleState): void {
    if (!battle || !seedHash || !boxesHash) return
    const fixed = entropySource ? { entropyRound } : {}
    this.#write(battle, { seedHash, boxesHash, ...fixed, ...this.of(battle) })
  }

  /** A client seed of our own making, once its seat is taken. */
  gave(battle: string, seat: number, clientSeed: string): void {
    const noted = this.of(battle)
    const others = (noted.clientSeeds ?? []).filter((own) => own.seat !== seat)
    this.#write(battle, { ...noted, clientSeeds: [...others, { seat, clientSeed }] })
  }

  /** A seat was given up: whoever takes it next brings another seed. */
  leftSeats(battle: string): void {
    const { clientSeeds: _, ...rest } = this.of(battle)
    this.#write(battle, rest)
  }

  #write(battle: string, noted: Noted): void {
    this.#all.delete(battle)
    this.#all.set(battle, noted)
    if (this.#all.size > BATTLES_MAX) this.#all.delete(this.#all.keys().next().value!)
  }
}
