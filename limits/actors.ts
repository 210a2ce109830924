import {
  LIMITS,
  limitsActor,
  limitsFromJson,
  limitsToJson,
  noLimits,
  type Decision,
  type Holding,
  type Holdings,
  type PersonalLimits,
} from '../game/limits/state.ts'
import { budgetAsset, budgetOwner, returnedOwner } from '../game/limits/budget.ts'
import { keysOf } from '../game/limits/count.ts'
import { act } from '../ledger/act.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { userOwner, type OwnerId, type TenantId } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import type { LimitKind } from '../schema/limits.ts'
import { uuidv7, type OutcomeId } from '../schema/uuid.ts'
import { isOverBudget } from './refusal.ts'

/** Whose limits. */
type Owner = Readonly<{ tenant: TenantId; user: string }>

/** One limit, by its kind and what it counts. */
type Named = Readonly<{ kind: LimitKind; asset: string }>

type Parts = Readonly<{ ledger: Ledger; clock: () => number }>

type Command = Readonly<{ id: OutcomeId; request: string }>

/** Times that something may be spent between our look at a budget and the commit that counts it. */
const TRIES_MAX = 32

/** The actors `limits-<user>`, without a room, and the accounts they fill. */
export class LimitActors {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** As it stands in the database; undefined for somebody who has set none. */
  async find({ tenant, user }: Owner): Promise<PersonalLimits | undefined> {
    const row = await this.#parts.ledger.actors.find(limitsActor(user))
    return row?.tenant === tenant && row.kind === LIMITS ? limitsFromJson(row.state) : undefined
  }

  /** What lies in the accounts of all limits, and of the one that is asked for. */
  async holdings({ tenant, user }: Owner, limits: PersonalLimits, asked?: Named): Promise<Holdings> {
    const balance = async (owner: OwnerId, asset: string) =>
      (await this.#parts.ledger.reader.balance(tenant, owner, budgetAsset(asset)))?.balance ?? 0n
    const all = keysOf(limits, asked).map(async (key): Promise<[string, Holding]> => {
      const [kind, asset] = key.split(' ') as [LimitKind, string]
      const [left, returned] = await Promise.all([
        balance(budgetOwner(kind, user), asset),
        balance(returnedOwner(kind, user), asset),
      ])
      return [key, { left, returned }]
    })
    return new Map(await Promise.all(all))
  }

  /**
   * Decides and commits, fenced by the actor's version; what is spent meanwhile makes it look again. Throws what `decide` refuses, or
   * what keeps the ledger from deciding.
   */
  async act(
    owner: Owner,
    decide: (limits: PersonalLimits, holdings: Holdings, now_ms: number) => Decision,
    { asked, command }: Readonly<{ asked?: Named; command?: Command }> = {},
  ): Promise<PersonalLimits> {
    const { ledger, clock } = this.#parts
    const { tenant, user } = owner
    const id = limitsActor(user)
    const actor = { id, kind: LIMITS, tenant, read: limitsFromJson, write: limitsToJson }
    const { id: outcome, request } = command ?? { id: uuidv7(clock()), request: digestOf({ limits: id }) }
    for (let tries = 1; ; tries++) {
      try {
        const { state } = await act(ledger, actor, { id: outcome, request, owner: userOwner(user) }, async (known) => {
          const limits = known ?? noLimits(user, tenant)
          const decision = decide(limits, await this.holdings(owner, limits, asked), clock())
          if (decision.type === 'refuse') return decision
          if (decision.type === 'done') return { type: 'done', state: decision.limits }
          const { transfers, events } = decision
          return { type: 'commit', state: decision.limits, effects: { kind: 'limits.count', transfers, events } }
        })
        return state
      } catch (cause) {
        if (tries === TRIES_MAX || !isOverBudget(cause)) throw cause
      }
    }
  }
}
