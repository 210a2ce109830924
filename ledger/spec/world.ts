import { expect } from 'vitest'
import type { OwnerId, TenantId } from '../../schema/account.ts'
import type { Amount } from '../../schema/amount.ts'
import { toAsset, type AssetId } from '../../schema/asset.ts'
import { digestOf } from '../../schema/digest.ts'
import { RollingDropError, type ErrorCode } from '../../schema/errors.ts'
import type { CommittedEvent, EventDraft } from '../../schema/event.ts'
import type { ActorStep, HoldStep, Outcome, Receipt, Transfer } from '../../schema/outcome.ts'
import { uuidv7, type OutcomeId } from '../../schema/uuid.ts'
import type { Ledger } from '../ledger.ts'
import type { SpecLedger, SpecStore } from './store.ts'

export const USD = toAsset('USD')
export const GEM = toAsset('GEM')

/** Gives every test a world of its own. */
export type Given = () => World

export const EVENT: EventDraft = { type: 'money.moved', payload: {} }

let worlds = 0

/** Amounts are taken as they are, also wrong ones: refusing them is what is tested. */
export function pay(debit: OwnerId, credit: OwnerId, amount: bigint, asset: AssetId = USD): Transfer {
  return { asset, debit, credit, amount: amount as Amount }
}

type Placing = Readonly<{ hold?: OutcomeId; expires_at_ms?: number | null; asset?: AssetId }>

export function place(debit: OwnerId, credit: OwnerId, amount: bigint, placing: Placing = {}): HoldPlacement {
  const { hold = uuidv7(), expires_at_ms = null, asset = USD } = placing
  return { type: 'place', hold, expires_at_ms, ...pay(debit, credit, amount, asset) }
}
export type HoldPlacement = Extract<HoldStep, { type: 'place' }>

export function post(hold: OutcomeId, amount?: bigint): HoldStep {
  return amount === undefined ? { type: 'post', hold } : { type: 'post', hold, amount: amount as Amount }
}

/** The code a commit is refused with; fails the test when it is not refused. */
export async function refusal(commit: Promise<unknown>): Promise<ErrorCode> {
  const error = await commit.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error, 'the outcome should have been refused').toBeInstanceOf(RollingDropError)
  return (error as RollingDropError).code
}

/** A tenant nobody else uses, and the shortest words for what is done in it. */
export class World {
  readonly tenant: TenantId
  readonly store: SpecStore
  readonly opened: SpecLedger
  readonly ledger: Ledger

  constructor(store: SpecStore, opened: SpecLedger) {
    this.tenant = `t${Date.now().toString(36)}${(worlds += 1).toString(36)}`
    this.store = store
    this.opened = opened
    this.ledger = opened.ledger
  }

  /** A well-formed outcome; `parts` say what is special about it. Each has a request of its own. */
  outcome(parts: Partial<Outcome> = {}): Outcome {
    const id = parts.id ?? uuidv7()
    return { id, kind: 'test', tenant: this.tenant, request: digestOf(id), transfers: [], events: [EVENT], ...parts }
  }

  commit(parts: Partial<Outcome> = {}): Promise<Receipt> {
    return this.ledger.commit(this.outcome(parts))
  }

  pay(...legs: readonly Transfer[]): Promise<Receipt> {
    return this.commit({ transfers: legs })
  }

  hold(...holds: readonly HoldStep[]): Promise<Receipt> {
    return this.commit({ holds })
  }

  freeze(owner: OwnerId, frozen = true): Promise<Receipt> {
    return this.commit({ freezes: [{ owner, asset: USD, frozen }] })
  }

  act(
    actor: Partial<ActorStep> & Readonly<{ id: string; version: number }>,
    parts: Partial<Outcome> = {},
  ): Promise<Receipt> {
    return this.commit({ ...parts, actor: { kind: 'thing', epoch: 0, ...actor } })
  }

  /** Creates an actor with a name of its own, at epoch 0 and version 1. */
  async actor(parts: Partial<ActorStep> = {}): Promise<string> {
    const id = parts.id ?? `a-${uuidv7()}`
    await this.act({ ...parts, id, version: 0, state: parts.state ?? '{}' })
    return id
  }

  fund(owner: OwnerId, amount: bigint, asset: AssetId = USD): Promise<Receipt> {
    return this.pay(pay('world', owner, amount, asset))
  }

  async balance(owner: OwnerId, asset: AssetId = USD): Promise<bigint> {
    return (await this.ledger.reader.balance(this.tenant, owner, asset))?.balance ?? 0n
  }

  async held(owner: OwnerId, asset: AssetId = USD): Promise<bigint> {
    return (await this.ledger.reader.balance(this.tenant, owner, asset))?.held ?? 0n
  }

  /** The tenant's events of a type. */
  events(type?: string): Promise<readonly CommittedEvent[]> {
    const query = { since: 0n, limit: 1_000, tenant: this.tenant }
    return this.ledger.reader.events(type === undefined ? query : { ...query, type })
  }

  /** The sum over all accounts of the tenant. */
  async total(asset: AssetId = USD): Promise<bigint> {
    const accounts = await this.store.accounts(this.tenant)
    return accounts.filter((each) => each.asset === asset).reduce((total, { balance }) => total + balance, 0n)
  }

  /** A time by the store's clock. */
  async in_ms(ms: number): Promise<number> {
    return (await this.store.now_ms()) + ms
  }
}
