import { expect } from 'vitest'
import { kindOf, mayBeNegative } from '../../schema/account.ts'
import type { Amount } from '../../schema/amount.ts'
import { digestOf } from '../../schema/digest.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { ActorStep, HoldStep, Outcome, Receipt, Transfer } from '../../schema/outcome.ts'
import { uuidv7, type OutcomeId } from '../../schema/uuid.ts'
import { plainOwner } from '../book.ts'
import { ASSETS, OWNERS, type Command, type HoldCommand, type Leg, type OutcomeCommand } from './commands.ts'
import { Oracle } from './oracle.ts'
import type { SpecLedger, SpecStore } from './store.ts'
import { pay, World } from './world.ts'

/** Runs a sequence of commands against two ledgers over one store and against the oracle, and compares them after every step. */
export class Model {
  readonly #w: World
  readonly #nodes: readonly SpecLedger[]
  readonly #oracle = new Oracle()
  readonly #holds: OutcomeId[] = []
  readonly #tried: Outcome[] = []
  readonly #committed: Readonly<{ outcome: Outcome; receipt: Receipt }>[] = []

  constructor(store: SpecStore, nodes: readonly SpecLedger[]) {
    this.#w = new World(store, nodes[0]!)
    this.#nodes = nodes
  }

  async run(commands: readonly Command[]): Promise<void> {
    this.#oracle.now_ms = await this.#w.store.now_ms()
    const rich = OWNERS.filter((owner) => owner !== 'world')
    const money = ASSETS.flatMap((asset) => rich.map((owner) => pay('world', owner, 100n, asset)))
    await this.#submit(0, false, [this.#w.outcome({ transfers: money })])
    for (const command of commands) {
      await this.#step(command)
      await this.#compare()
    }
    await this.#conclude()
  }

  async #step(command: Command): Promise<void> {
    switch (command.type) {
      case 'submit':
        return await this.#submit(
          command.node,
          command.look,
          command.outcomes.map((each) => this.#outcomeOf(each)),
        )
      case 'retry': {
        const tried = this.#tried.at(-1 - (command.nth % this.#tried.length))!
        const again = command.forged ? { ...tried, request: digestOf('forged') } : tried
        return await this.#submit(command.node, false, [again])
      }
      case 'pass':
        this.#oracle.pass(command.ms)
        return await this.#w.store.pass(command.ms)
      default:
        return command satisfies never
    }
  }

  async #submit(node: number, look: boolean, outcomes: readonly Outcome[]): Promise<void> {
    const { ledger, expire } = this.#nodes[node]!
    if (look) await expire()
    const expected = outcomes.map((outcome) => this.#oracle.submit(outcome))
    const unchanged = look && !expected.includes('committed')
    const before = unchanged ? await this.#w.store.dump(this.#w.tenant) : ''
    const receipts = await Promise.allSettled(outcomes.map((outcome) => ledger.commit(outcome)))
    expect(receipts.map(answerOf)).toEqual(expected)
    if (unchanged) expect(await this.#w.store.dump(this.#w.tenant)).toBe(before)
    for (const [i, outcome] of outcomes.entries()) {
      const result = receipts[i]!
      this.#tried.push(outcome)
      if (result.status === 'fulfilled' && !result.value.replayed)
        this.#committed.push({ outcome, receipt: result.value })
      if (result.status === 'fulfilled' && !result.value.replayed && outcomes.length === 1)
        for (const { owner, asset, balance } of result.value.balances)
          expect(balance).toBe(this.#oracle.balance(owner, asset))
    }
  }

  #outcomeOf({ legs, holds, freeze, actor }: OutcomeCommand): Outcome {
    return this.#w.outcome({
      owner: 'user:a',
      transfers: legs.map(legOf),
      holds: holds.map((hold) => this.#holdOf(hold)),
      freezes: freeze === undefined ? [] : [freeze],
      ...(actor === undefined ? {} : { actor: this.#actorOf(actor) }),
    })
  }

  #holdOf(command: HoldCommand): HoldStep {
    if (command.type !== 'place') {
      const open = this.#holds.filter((id) => !['closed', undefined].includes(this.#oracle.holds.get(id) as never))
      const hold = open[command.nth] ?? this.#holds[command.nth] ?? uuidv7()
      if (command.type !== 'post') return { type: command.type, hold }
      const { amount } = command
      return amount === undefined ? { type: 'post', hold } : { type: 'post', hold, amount: amount as Amount }
    }
    const { money, ttl_ms, again } = command
    const hold = (again ? this.#holds.at(-1) : undefined) ?? uuidv7()
    if (!this.#holds.includes(hold)) this.#holds.push(hold)
    const expires_at_ms = ttl_ms === null ? null : this.#oracle.now_ms + ttl_ms
    return { type: 'place', hold, expires_at_ms, ...legOf(money) }
  }

  #actorOf({ n, seen, finished }: NonNullable<OutcomeCommand['actor']>): ActorStep {
    const id = `${this.#w.tenant}-${n}`
    const last = this.#oracle.actors.get(id)?.version ?? 0
    const version = { new: 0, last, stale: last + 1 }[seen]
    return { id, kind: 'thing', epoch: 0, version, state: `{"v":${version}}`, finished }
  }

  /** Same balances; every asset sums to 0; nothing below zero that may not be, and nothing reserved that is not there. */
  async #compare(): Promise<void> {
    const accounts = await this.#w.store.accounts(this.#w.tenant)
    const sums = new Map<string, bigint>()
    for (const { owner, asset, balance, held } of accounts) {
      const plain = plainOwner(owner)
      sums.set(`${plain} ${asset}`, (sums.get(`${plain} ${asset}`) ?? 0n) + balance)
      if (held < 0n) expect.fail(`${owner} holds ${held}`)
      if (!mayBeNegative(kindOf(plain)!) && balance < held) expect.fail(`${owner} has ${balance} and holds ${held}`)
    }
    expect(this.#named((name) => sums.get(name) ?? 0n)).toEqual(
      this.#named((name) => this.#oracle.balances.get(name) ?? 0n),
    )
    for (const asset of ASSETS)
      expect(
        accounts.reduce((total, each) => total + (each.asset === asset ? each.balance : 0n), 0n),
        asset,
      ).toBe(0n)
  }

  #named(balance: (name: string) => bigint): Record<string, bigint> {
    const names = OWNERS.flatMap((owner) => ASSETS.map((asset) => `${owner} ${asset}`))
    return Object.fromEntries(names.map((name) => [name, balance(name)]))
  }

  /** What readers see, every receipt again, and every lapse told once. */
  async #conclude(): Promise<void> {
    const { reader } = this.#w.ledger
    const seen = await Promise.all(OWNERS.map((owner) => reader.balances(this.#w.tenant, owner)))
    for (const { owner, asset, balance, held, frozen } of seen.flat()) {
      expect(balance, `${owner} ${asset}`).toBe(this.#oracle.balance(owner, asset))
      expect(held, `held of ${owner} ${asset}`).toBe(this.#oracle.held(owner, asset))
      expect(frozen, `${owner} ${asset} frozen`).toBe(this.#oracle.frozen.get(`${owner} ${asset}`) ?? false)
    }
    const again = await Promise.all(this.#committed.map(({ outcome }) => this.#nodes[1]!.ledger.commit(outcome)))
    expect(again).toEqual(this.#committed.map(({ receipt }) => ({ ...receipt, replayed: true })))
    await this.#nodes[0]!.expire()
    expect(await this.#w.events('hold.expired')).toHaveLength(this.#oracle.lapsed)
    await this.#compare()
  }
}

const legOf = ({ debit, credit, amount, asset }: Leg): Transfer => pay(debit, credit, amount, asset)

function answerOf(result: PromiseSettledResult<Receipt>): ReturnType<Oracle['submit']> {
  if (result.status === 'fulfilled') return result.value.replayed ? 'replayed' : 'committed'
  if (result.reason instanceof RollingDropError) return result.reason.code
  throw result.reason
}
