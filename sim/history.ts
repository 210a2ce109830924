import type { Decided } from '../ledger/decide.ts'
import { ownerKey, type MemoryTables } from '../ledger/memory/tables.ts'
import type { Written } from '../ledger/store.ts'
import { battleSeedContext } from '../access/seal.ts'
import { resolve } from '../game/battle/draw.ts'
import { sponsored } from '../game/battle/stake.ts'
import type { Battle, Result } from '../game/battle/state.ts'
import { battleFromJson } from '../game/battle/stored.ts'
import { escrowOwner, MAIN_TENANT } from '../schema/account.ts'
import { toJson } from '../schema/json.ts'
import type { ActorStep, Outcome } from '../schema/outcome.ts'
import { PERIOD_MS, simSealer } from './entropy.ts'
import type { Trace } from './trace.ts'

/** A battle as one commit left it. */
export type Version = Readonly<{ battle: Battle; kind: string; epoch: number; version: number; at_ms: number }>

const FOLLOWS: Readonly<Record<Battle['phase'], readonly Battle['phase'][]>> = {
  waiting: ['waiting', 'drawing', 'cancelled'],
  drawing: ['drawing', 'revealing'],
  revealing: ['settled'],
  settled: [],
  cancelled: [],
}

/** Everything that has committed, checked at the instant in which it did. */
export class History {
  readonly #tables: MemoryTables
  readonly #trace: Trace
  readonly #early_ms_max: number
  readonly #versions = new Map<string, Version[]>()
  readonly #results = new Map<string, Result>()
  /** What the writers of outcomes said they had seen of the actor, by the outcome's id. */
  readonly #claims = new Map<string, ActorStep>()
  /** Starts that committed when the value that decides them was due already. */
  lateStarts = 0

  constructor(tables: MemoryTables, trace: Trace, early_ms_max: number) {
    this.#tables = tables
    this.#trace = trace
    this.#early_ms_max = early_ms_max
  }

  get battles(): ReadonlyMap<string, readonly Version[]> {
    return this.#versions
  }

  of(battle: string): readonly Version[] {
    return this.#versions.get(battle) ?? []
  }

  /** To be called with what an activation submits, before anything is done to it. */
  submitted({ id, actor }: Outcome): void {
    if (actor) this.#claims.set(id, actor)
  }

  /** To be called at the instant of a commit. */
  wrote(accepted: readonly Decided[], { at_ms }: Written): void {
    for (const { outcome } of accepted) {
      const step = this.#claims.get(outcome.id) ?? outcome.actor
      if (step?.state === undefined) continue
      const { epoch, version } = step
      this.#add({ battle: battleFromJson(step.state), kind: outcome.kind, epoch, version, at_ms })
    }
    this.#checkSums()
  }

  /** What the draw of a battle must give. */
  resultOf(battle: Battle): Result {
    const known = this.#results.get(battle.id)
    if (known) return known
    const result = resolve(battle, { serverSeed: seedOf(battle), entropyValue: battle.entropy!.value! })
    this.#results.set(battle.id, result)
    return result
  }

  #add(next: Version): void {
    const { id } = next.battle
    const versions = this.#versions.get(id) ?? []
    this.#versions.set(id, versions)
    const last = versions.at(-1)
    versions.push(next)
    if (last) this.#checkFence(last, next)
    this.#checkEscrow(next.battle)
    if (next.battle.phase === 'drawing' && next.battle.entropy!.due_ms <= next.at_ms) this.lateStarts += 1
    if (next.battle.phase === 'revealing') this.#checkFixed(versions)
    if (next.battle.phase === 'settled') this.#checkSettled(next)
  }

  #checkFence(last: Version, next: Version): void {
    const name = `battle ${next.battle.id}`
    if (next.version <= last.version) this.#trace.broke(`${name}: version ${next.version} was committed twice`)
    if (next.epoch < last.epoch) this.#trace.broke(`${name}: epoch ${next.epoch} commits after ${last.epoch}`)
    if (!FOLLOWS[last.battle.phase].includes(next.battle.phase))
      this.#trace.broke(`${name}: ${last.battle.phase} became ${next.battle.phase}`)
  }

  /** What decides was fixed by a commit a whole period before it was due: nobody who still took a seat can have known it. */
  #checkFixed(versions: readonly Version[]): void {
    const { id, entropy } = versions.at(-1)!.battle
    const fixing = versions.find(({ battle }) => battle.entropy?.round === entropy!.round)!
    if (fixing.at_ms + PERIOD_MS > entropy!.due_ms)
      this.#trace.broke(`battle ${id}: round ${entropy!.round} was fixed too late`)
  }

  /** What lies in the escrow is what the state says was paid: whoever overwrites another's commit is seen here. */
  #checkEscrow(battle: Battle): void {
    const rows = this.#tables.byOwner.get(ownerKey(MAIN_TENANT, escrowOwner(battle.id))) ?? []
    const held = rows.reduce((total, { balance }) => total + balance, 0n)
    const free = BigInt(battle.seats.filter((seat) => seat === null).length)
    const isOver = battle.phase === 'settled' || battle.phase === 'cancelled'
    const paid = isOver ? 0n : battle.price * (BigInt(battle.seats.length) - free) + sponsored(battle) * free
    if (held !== paid) this.#trace.broke(`battle ${battle.id} (${battle.phase}): the escrow holds ${held}, not ${paid}`)
  }

  #checkSettled({ battle, at_ms }: Version): void {
    const last_ms = battle.reveal_from_ms! + (battle.rounds.length - 1) * battle.reveal_ms
    if (at_ms < last_ms - this.#early_ms_max) this.#trace.broke(`battle ${battle.id} was settled before its last round`)
    if (toJson(battle.result) !== toJson(this.resultOf(battle)))
      this.#trace.broke(`battle ${battle.id}: its result is not what seeds and entropy give`)
  }

  #checkSums(): void {
    const sums = new Map<string, bigint>()
    for (const { asset, balance } of this.#tables.accounts.values()) sums.set(asset, (sums.get(asset) ?? 0n) + balance)
    for (const [asset, sum] of sums) if (sum !== 0n) this.#trace.broke(`${asset} sums to ${sum}`)
  }
}

/** The server seed of a battle, which nobody but its node and this one know before the end. */
export function seedOf(battle: Battle): string {
  return simSealer.open(battle.sealedSeed, battleSeedContext(battle.id))
}
