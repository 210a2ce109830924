import { AMOUNT_MAX } from '../../schema/amount.ts'
import type { ErrorCode } from '../../schema/errors.ts'
import type { FreezeStep, HoldStep, Outcome } from '../../schema/outcome.ts'

type Money = Readonly<{ asset: string; debit: string; credit: string; amount: bigint }>
type Hold = Money & Readonly<{ expires_at_ms: number | null; creditGone: boolean }>
type Code = ErrorCode | undefined
/** The ledger again, from its promises alone: one tenant, plain maps, one outcome at a time, no stripes, no batches. */
export class Oracle {
  balances = new Map<string, bigint>()
  frozen = new Map<string, boolean>()
  holds = new Map<string, Hold | 'closed'>()
  actors = new Map<string, Readonly<{ version: number; finished: boolean }>>()
  requests = new Map<string, string>()
  lapsed = 0
  now_ms = 0

  pass(ms: number): void {
    this.now_ms += ms
    for (const [id, { expires_at_ms }] of this.open())
      if (expires_at_ms !== null && expires_at_ms <= this.now_ms) this.lapsed += this.holds.set(id, 'closed') && 1
  }

  submit(outcome: Outcome): ErrorCode | 'committed' | 'replayed' {
    const seen = this.requests.get(outcome.id)
    if (seen !== undefined) return seen === outcome.request ? 'replayed' : 'ledger/conflict'
    const before = structuredClone([this.balances, this.frozen, this.holds, this.actors] as const)
    const code = this.shape(outcome) ?? this.apply(outcome)
    if (code !== undefined) [this.balances, this.frozen, this.holds, this.actors] = before
    else this.requests.set(outcome.id, outcome.request)
    return code ?? 'committed'
  }

  open = () => [...this.holds].filter((entry): entry is [string, Hold] => entry[1] !== 'closed')
  balance = (owner: string, asset: string) => this.balances.get(`${owner} ${asset}`) ?? 0n
  held = (owner: string, asset: string) =>
    this.open().reduce((sum, [, h]) => sum + (h.debit === owner && h.asset === asset ? h.amount : 0n), 0n)

  shape({ transfers, holds = [] }: Outcome): Code {
    for (const step of [...transfers, ...holds]) {
      if ('amount' in step && step.amount !== undefined && step.amount <= 0n) return 'ledger/invalid'
      if ('debit' in step && step.amount > AMOUNT_MAX) return 'ledger/overflow'
      if ('debit' in step && step.debit === step.credit) return 'ledger/invalid'
    }
    return undefined
  }

  apply({ actor, transfers, holds = [], freezes = [] }: Outcome): Code {
    const { version, finished = false } = this.actors.get(actor?.id ?? '') ?? { version: 0 }
    if (actor && (version !== actor.version || finished)) return 'ledger/fenced'
    if (actor) this.actors.set(actor.id, { version: version + 1, finished: actor.finished ?? false })
    const moved: Money[] = []
    let code: Code = this.freeze(freezes, false)
    for (const leg of transfers) code ??= this.refuse(leg) ?? this.move(leg, moved)
    for (const step of holds) code ??= this.hold(step, moved)
    code ??= this.freeze(freezes, true)
    if (actor?.finished === true) for (const { debit, credit, asset } of moved) this.close([debit, credit], asset)
    return code
  }

  freeze(steps: readonly FreezeStep[], wanted: boolean): Code {
    const these = steps.filter(({ frozen }) => frozen === wanted)
    for (const { owner, asset, frozen } of these) this.frozen.set(`${owner} ${asset}`, frozen)
    return these.some(({ owner }) => /^(house|world)/.test(owner)) ? 'ledger/invalid' : undefined
  }

  refuse({ debit, asset, amount }: Money): Code {
    if (this.frozen.get(`${debit} ${asset}`)) return 'ledger/frozen'
    if (/^(world|debt)/.test(debit)) return undefined
    return this.balance(debit, asset) - this.held(debit, asset) < amount ? 'ledger/insufficient' : undefined
  }

  move({ debit, credit, asset, amount }: Money, moved: Money[]): Code {
    const [from, to] = [this.balance(debit, asset) - amount, this.balance(credit, asset) + amount]
    this.balances.set(`${debit} ${asset}`, from).set(`${credit} ${asset}`, to)
    moved.push({ debit, credit, asset, amount })
    return from < -AMOUNT_MAX || to > AMOUNT_MAX ? 'ledger/overflow' : undefined
  }

  hold(step: HoldStep, moved: Money[]): Code {
    const hold = this.holds.get(step.hold)
    this.holds.set(step.hold, step.type === 'place' ? { ...step, creditGone: false } : 'closed')
    if (step.type === 'place') {
      if (hold !== undefined) return 'ledger/conflict'
      if (step.expires_at_ms !== null && step.expires_at_ms <= this.now_ms) return 'ledger/invalid'
      if (this.held(step.debit, step.asset) > AMOUNT_MAX) return this.refuse(step) ?? 'ledger/overflow'
      return this.refuse({ ...step, amount: 0n })
    }
    if (!hold || hold === 'closed' || (step.type === 'post' && hold.creditGone)) return 'ledger/hold-gone'
    if (step.type !== 'post') return step.type === 'void' ? undefined : 'ledger/invalid'
    if ((step.amount ?? 0n) > hold.amount) return 'ledger/hold-exceeded'
    if (this.frozen.get(`${hold.debit} ${hold.asset}`) === true) return 'ledger/frozen'
    return this.move({ ...hold, amount: step.amount ?? hold.amount }, moved)
  }

  /** What an actor that ends leaves empty is closed for good. */
  close(owners: readonly string[], asset: string): void {
    for (const owner of owners) {
      if (!owner.startsWith('escrow:') || this.balance(owner, asset) !== 0n || this.held(owner, asset) !== 0n) continue
      this.frozen.delete(`${owner} ${asset}`)
      for (const [id, hold] of this.open())
        if (hold.credit === owner && hold.asset === asset) this.holds.set(id, { ...hold, creditGone: true })
    }
  }
}
