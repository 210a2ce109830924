import { hash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Ledger } from '../../ledger/ledger.ts'
import { HOUSE, userOwner } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import { toRollingDropError } from '../../schema/errors.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { ActorStep, Outcome, Transfer } from '../../schema/outcome.ts'
import { derivedId, uuidv7, type OutcomeId } from '../../schema/uuid.ts'
import { Random } from './random.ts'

/** Our own, two of partners (one with two partners, one with one), and one without. */
export const tenants = ['main', 'acme', 'globex', 'solo'] as const
export const partners = [
  { name: 'acme', tenant: 'acme' },
  { name: 'acme-two', tenant: 'acme' },
  { name: 'globex', tenant: 'globex' },
] as const

const USERS = 12
const CALLERS = 16
/** Between two commits of a caller; with the commit itself a few hundred outcomes a second. */
const PAUSE_MS = 50
const RETRY_MS = 50
const BOXES = ['ember', 'frost', 'Gold box']
/** Refusals that say nothing about the outcome: it is submitted again until it is known to be there. */
const DOUBT = new Set(['ledger/unavailable', 'ledger/overloaded', 'server/internal'])

/** Commits outcomes of every family and tenant until it is stopped, also through the death of Postgres. */
export class BridgeLoad {
  readonly #ledger: Pick<Ledger, 'commit'>
  readonly #random: Random
  readonly #stop = new AbortController()
  #callers: Promise<unknown> = Promise.resolve()

  constructor(ledger: Pick<Ledger, 'commit'>, seed: number) {
    this.#ledger = ledger
    this.#random = new Random(`load ${seed}`)
  }

  async start(): Promise<void> {
    for (const tenant of tenants) await this.#commit(grant(tenant, HOUSE, 1_000_000_000n))
    this.#callers = Promise.all(Array.from({ length: CALLERS }, () => this.#callUntilStopped()))
  }

  /** Resolves when everything submitted is there or refused. Throws what no caller expects. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#callers
  }

  async #callUntilStopped(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      for (const outcome of outcomesOf(this.#random)) await this.#commit(outcome)
      await delay(PAUSE_MS)
    }
  }

  async #commit(outcome: Outcome): Promise<void> {
    for (;;) {
      try {
        await this.#ledger.commit(outcome)
        return
      } catch (error) {
        const { code } = toRollingDropError(error)
        if (code === 'ledger/insufficient') return // Somebody has spent what they have, as people do.
        if (!DOUBT.has(code)) throw error
        await delay(RETRY_MS)
      }
    }
  }
}

/** What happens next in some tenant: outcomes to be committed one after the other. */
function outcomesOf(random: Random): readonly Outcome[] {
  const tenant = random.pick(tenants)
  const user = `u${random.below(USERS)}`
  const kind = random.below(20)
  if (kind < 5) return [grant(tenant, userOwner(user), BigInt(1_000 + random.below(9_000)), user)]
  if (kind < 11) return [opening(random, tenant, user)]
  if (kind < 14) return [sale(random, tenant, user)]
  if (kind < 17) return battle(random, tenant, user)
  return [plain(tenant, [administration(random, user)])]
}

function plain(tenant: string, events: readonly EventDraft[], transfers: readonly Transfer[] = []): Outcome {
  const id = uuidv7()
  return { id, kind: 'chaos.bridge', tenant, request: requestOf(id), transfers, events }
}

const requestOf = (id: OutcomeId): string => hash('sha256', id, 'hex')

function transfer(debit: string, credit: string, amount: bigint): Transfer {
  return { asset: PLAY_CREDIT, debit, credit, amount: toAmount(amount) }
}

function grant(tenant: string, owner: string, amount: bigint, user = 'house'): Outcome {
  const payload = { user, asset: PLAY_CREDIT, amount: `${amount}` }
  return plain(tenant, [{ type: 'faucet.granted', user, payload }], [transfer('faucet:play', owner, amount)])
}

/** Now and then one that its user keeps for himself, or that no sink can read. */
function opening(random: Random, tenant: string, user: string): Outcome {
  const values = Array.from({ length: 1 + random.below(3) }, () => BigInt(1 + random.below(300)))
  const price = 100n * BigInt(values.length)
  const payload = {
    opening: uuidv7(),
    user,
    box: random.pick(BOXES),
    version: 1,
    asset: PLAY_CREDIT,
    price: random.below(200) === 0 ? 'unreadable' : `${price}`,
    drops: values.map((value, nonce) => ({ nonce, sku: 'coin', name: 'Coin', rarity: 'common', value: `${value}` })),
    payouts: [{ asset: 'play:item:coin', amount: `${values.length}` }],
  }
  const audience = random.pick(['public', 'public', 'public', 'user', 'internal'] as const)
  return plain(
    tenant,
    [
      { type: 'opening.opened', audience, user, payload },
      { type: 'money.moved', payload: { user, asset: PLAY_CREDIT, amount: `${price}` } },
    ],
    [transfer(userOwner(user), HOUSE, price)],
  )
}

function sale(random: Random, tenant: string, user: string): Outcome {
  const paid = BigInt(1 + random.below(200))
  const payload = { user, asset: 'play:item:coin', count: 1, money: PLAY_CREDIT, paid: `${paid}` }
  return plain(tenant, [{ type: 'item.sold', user, payload }], [transfer(HOUSE, userOwner(user), paid)])
}

function administration(random: Random, user: string): EventDraft {
  return random.pick<EventDraft>([
    { type: 'box.published', payload: { box: random.pick(BOXES), version: 1 } },
    { type: 'user.registered', payload: { user } },
    { type: 'limit.set', user, payload: { user, limit: 'loss', asset: PLAY_CREDIT, amount: '500', from_ms: 0 } },
  ])
}

/** From its creation to its settlement, in two outcomes of one actor. */
function battle(random: Random, tenant: string, creator: string): readonly Outcome[] {
  const actor = `battle-${uuidv7()}`
  const audience = random.below(4) === 0 ? 'internal' : 'public'
  const drops = [0, 1].map((seat) => ({ seat, round: 0, box: random.pick(BOXES), value: `${random.below(500)}` }))
  const pot = drops.reduce((sum, { value }) => sum + BigInt(value), 0n)
  const named = { battle: actor, asset: PLAY_CREDIT, price: '100' }
  const seats = [
    { seat: 0, user: creator, bot: false, total: '0', share: `${pot}` },
    { seat: 1, user: random.below(3) === 0 ? null : `u${USERS}`, bot: false, total: '0', share: '0' },
  ]
  const begun = act(tenant, { id: actor, kind: 'battle', epoch: 0, version: 0, state: '{}' }, [
    { type: 'battle.created', audience, payload: { ...named, creator } },
    { type: 'battle.joined', audience, payload: { battle: actor, seat: 0, user: creator, bot: false } },
    { type: 'battle.started', audience, payload: { battle: actor } },
  ])
  const settled = act(tenant, { id: actor, kind: 'battle', epoch: 0, version: 1, finished: true }, [
    { type: 'battle.drawn', payload: { battle: actor } },
    { type: 'battle.settled', audience, payload: { ...named, pot: `${pot}`, winners: [0], seats, drops } },
  ])
  return [begun, Object.assign(settled, { id: derivedId(begun.id, 'settled') })]
}

function act(tenant: string, actor: ActorStep, events: readonly EventDraft[]): Outcome {
  return { ...plain(tenant, events), actor }
}
