import { randomBytes } from 'node:crypto'
import { commitSurely } from '../access/welcome.ts'
import { hashSeed } from '../game/fairness/seed.ts'
import { firstSeeds } from '../game/opening/seeds.ts'
import {
  SEEDS,
  seedsActor,
  seedsFromJson,
  seedsToJson,
  type Decision,
  type Effects,
  type SealedSeed,
  type Seeds,
} from '../game/opening/state.ts'
import { userOwner } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError, toRollingDropError } from '../schema/errors.ts'
import type { Outcome, Receipt } from '../schema/outcome.ts'
import { uuidv7, type OutcomeId } from '../schema/uuid.ts'
import { OneAtATime } from './one-at-a-time.ts'
import type { OpeningParts, Owner } from './parts.ts'

/** A command on somebody's seeds: its outcome's id and the digest of what was asked. */
export type SeedsCommand = Readonly<{ id: OutcomeId; request: string }>

/** What became of it: `decided` is missing when an earlier copy of the command was committed. */
export type Acted = Readonly<{ receipt: Receipt; seeds: Seeds }>

type Known = Readonly<{ epoch: number; version: number; seeds: Seeds }>

/** Tries of one command while other nodes commit for the same user in between. */
const TRIES_MAX = 32
/** Users whose seeds are remembered as this node left them. About 1 KB each. */
const REMEMBERED_MAX = 10_000

/**
 * The actors `seeds-<user>`, without a room: whoever commits with the version it has read wins, everyone else reads again. One
 * user's commands take turns on a node, so that only another node can be faster.
 *
 *     remembered or read ──decide──▶ committed ──▶ remembered
 *           ▲                 └─refused on what was remembered, fenced─┐
 *           └──────────────── read anew ◀────────────────────────────┘
 */
export class SeedsActors {
  readonly #parts: Pick<OpeningParts, 'ledger' | 'sealer' | 'clock'>
  readonly #turns = new OneAtATime()
  readonly #remembered = new Map<string, Known>()

  constructor(parts: Pick<OpeningParts, 'ledger' | 'sealer' | 'clock'>) {
    this.#parts = parts
  }

  /** The seeds as they are committed; of somebody who has none the first are committed now. */
  async read(owner: Owner): Promise<Seeds> {
    return (await this.#find(owner)).seeds
  }

  /**
   * Decides and commits. `decide` may be asked several times, each time with newer seeds; a refusal of its own ends it. Throws
   * that, what the ledger refuses, or `opening/nonce` when others were faster again and again.
   */
  act(owner: Owner, command: SeedsCommand, decide: (seeds: Seeds) => Decision | Promise<Decision>): Promise<Acted> {
    return this.#turns.run(keyOf(owner), () => this.#act(owner, command, decide))
  }

  /** A server seed that nobody knows, sealed. */
  freshSeed(): SealedSeed {
    const { sealer, clock } = this.#parts
    const id = uuidv7(clock())
    const seed = randomBytes(32).toString('hex')
    return { id, seedHash: hashSeed(seed), sealed: sealer.seal(seed, contextOf(id)) }
  }

  /** The server seed that was sealed. */
  unsealed({ id, sealed }: SealedSeed): string {
    return this.#parts.sealer.open(sealed, contextOf(id))
  }

  async #act(
    owner: Owner,
    command: SeedsCommand,
    decide: (seeds: Seeds) => Decision | Promise<Decision>,
  ): Promise<Acted> {
    const key = keyOf(owner)
    let remembered = this.#remembered.get(key)
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const known: Known = remembered ?? (await this.#find(owner))
      const decision = await decide(known.seeds)
      if (!decision.ok) {
        // What was remembered may be old: only what stands in the database can refuse.
        if (remembered === undefined) throw new RollingDropError(decision.code, decision.details)
        remembered = this.#forget(key)
        continue
      }
      try {
        const outcome = outcomeOf(owner, command, known, decision)
        const receipt = await commitSurely(this.#parts.ledger, outcome)
        if (receipt.replayed) this.#forget(key)
        else this.#remember(key, { ...known, version: known.version + 1, seeds: decision.seeds })
        return { receipt, seeds: decision.seeds }
      } catch (cause) {
        remembered = this.#forget(key)
        if (toRollingDropError(cause).code !== 'ledger/fenced') throw cause
      }
    }
    throw new RollingDropError('opening/nonce')
  }

  async #find(owner: Owner): Promise<Known> {
    const { ledger, clock } = this.#parts
    const id = seedsActor(owner.user)
    for (;;) {
      const row = await ledger.actors.find(id)
      if (row && row.tenant !== owner.tenant) throw new RollingDropError('auth/forbidden')
      if (row) return { epoch: row.epoch, version: row.version, seeds: seedsFromJson(row.state) }
      const first = firstSeeds({ user: owner.user, tenant: owner.tenant }, this.freshSeed())
      const command = { id: uuidv7(clock()), request: digestOf({ seeds: id }) }
      const none = { epoch: 0, version: 0, seeds: first.seeds }
      try {
        await commitSurely(ledger, outcomeOf(owner, command, none, first))
        return { ...none, version: 1 }
      } catch (cause) {
        // Somebody else has made them meanwhile.
        if (toRollingDropError(cause).code !== 'ledger/fenced') throw cause
      }
    }
  }

  #remember(key: string, known: Known): void {
    this.#remembered.delete(key)
    this.#remembered.set(key, known)
    if (this.#remembered.size > REMEMBERED_MAX) this.#remembered.delete(this.#remembered.keys().next().value!)
  }

  #forget(key: string): undefined {
    this.#remembered.delete(key)
  }
}

const contextOf = (pair: string): string => `opening-seed/${pair}`

function keyOf({ tenant, user }: Owner): string {
  return `${tenant} ${user}`
}

function outcomeOf(
  { tenant, user }: Owner,
  { id, request }: SeedsCommand,
  { epoch, version }: Known,
  { seeds, effects }: Readonly<{ seeds: Seeds; effects: Effects }>,
): Outcome {
  const actor = { id: seedsActor(user), kind: SEEDS, epoch, version, state: seedsToJson(seeds) }
  return { id, request, tenant, owner: userOwner(user), actor, ...effects }
}
