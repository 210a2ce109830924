import type { Noted } from '../game/battle/verify.ts'
import { QUICKNET } from '../game/fairness/beacon.ts'
import type { BattleState } from '../schema/battle-state.ts'

/** Battles remembered; the oldest make room. A note is a few hundred bytes. */
const BATTLES_MAX = 500

/** A round that is to decide, when it is due, and when we first heard of it; unix ms of the server. */
type Sight = Readonly<{ source: string; round: number; due_ms: number; seen_ms: number }>

/**
 * What this client saw of battles while they were open: a proof shows that its parts agree, only such a note shows that
 * they were fixed in time. The first sight counts; what a server says later does not change it, but for the round that decides:
 * a later one may take its place, unless we saw ourselves that the first was fixed in time.
 */
export class Notes {
  #all = new Map<string, Noted>()
  #sights = new Map<string, Sight>()

  of(battle: string): Noted {
    return this.#all.get(battle) ?? {}
  }

  saw(state: BattleState): void {
    const { battle, seedHash, boxesHash } = state
    if (!battle || !seedHash || !boxesHash) return
    const seen = this.#sights.get(battle)
    if (state.entropySource && (seen === undefined || mayReplace(seen, state))) this.#sights.set(battle, sightOf(state))
    const round = this.#sights.get(battle)?.round
    this.#write(battle, {
      seedHash,
      boxesHash,
      ...this.of(battle),
      ...(round !== undefined && { entropyRound: round }),
    })
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
    if (this.#all.size <= BATTLES_MAX) return
    const oldest = this.#all.keys().next().value!
    this.#all.delete(oldest)
    this.#sights.delete(oldest)
  }
}

function sightOf({ entropySource, entropyRound, entropyDue, now }: BattleState): Sight {
  return { source: entropySource, round: entropyRound, due_ms: entropyDue, seen_ms: now }
}

/**
 * Whether what is shown may take the place of what was seen: a value due later, also one that was drawn while we were away.
 * Not where drand's round was seen early enough: it was fixed in time, and whoever wants another one has seen its value and
 * does not like it.
 */
function mayReplace(seen: Sight, { entropyDue }: BattleState): boolean {
  if (entropyDue <= seen.due_ms) return false
  return !(seen.source.startsWith('drand:') && seen.seen_ms + 2 * QUICKNET.period_ms <= seen.due_ms)
}
