import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clientSeedOf, ENTROPY, newBattle } from '../game/battle/arbitrary.ts'
import { cancel, expire } from '../game/battle/cancel.ts'
import { createBattle } from '../game/battle/create.ts'
import { callBot, join, leave } from '../game/battle/seat.ts'
import type { Battle, Decision } from '../game/battle/state.ts'
import { battleFromJson, battleToJson } from '../game/battle/stored.ts'
import { exclude, setLimit } from '../game/limits/decide.ts'
import { dayOf } from '../game/limits/budget.ts'
import { openMemoryLedger } from '../ledger/memory/open.ts'
import { MemoryTables } from '../ledger/memory/tables.ts'
import { HOUSE, PLAY_FAUCET, userOwner } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { PLAY_CREDIT } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import { toRollingDropError } from '../schema/errors.ts'
import type { Transfer } from '../schema/outcome.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { PLAY_RULES } from '../test/limits.ts'
import { LimitActors } from './actors.ts'
import { createLimits, type LimitParts, type Limits } from './limits.ts'

const NOON = Date.UTC(2026, 0, 31, 12)
const HOUR_MS = 3_600_000
const ann = { user: 'ann', tenant: 'main' }
/** Commands that come over HTTP are kept by their keys in a database; here there is none. */
const noPool = undefined as unknown as LimitParts['pool']
const LOSS = { kind: 'loss', asset: PLAY_CREDIT } as const
const REFUSALS = ['limit/exceeded', 'limit/excluded', 'limit/raise-too-soon', 'request/invalid']

/** Two nodes over one store, of which neither hears what the other commits. */
class Cell {
  now_ms = NOON
  readonly nodes: { limits: Limits; actors: LimitActors; close: () => Promise<void> }[] = []
  #ledger!: LimitParts['ledger']
  parts!: LimitParts

  static async open(): Promise<Cell> {
    const cell = new Cell()
    const now_ms = () => cell.now_ms
    const tables = new MemoryTables({ now_ms })
    for (let n = 0; n < 2; n++) {
      const { ledger, tail, close } = await openMemoryLedger({ now_ms, tables })
      const persons = { demandRealMoney: () => Promise.resolve() }
      cell.parts = { pool: noPool, ledger, tail, persons, clock: now_ms, choices: PLAY_RULES.choices }
      const limits = createLimits(cell.parts)
      cell.nodes.push({ limits, actors: new LimitActors(cell.parts), close })
      cell.#ledger = ledger
    }
    const gifts = ['ann', 'bob'].map((user) => moved(PLAY_FAUCET, userOwner(user), 10n ** 12n))
    await cell.commit([...gifts, moved(PLAY_FAUCET, HOUSE, 10n ** 12n)])
    return cell
  }

  async commit(transfers: readonly Transfer[]): Promise<void> {
    const id = uuidv7(this.now_ms)
    const events = [{ type: 'money.moved', payload: { n: 1 } }] as const
    await this.#ledger.commit({ id, kind: 'test', tenant: 'main', request: digestOf({ id }), transfers, events })
  }
}

const moved = (debit: string, credit: string, amount: bigint): Transfer => ({
  asset: PLAY_CREDIT,
  debit,
  credit,
  amount: toAmount(amount),
})

type Table = { battle: Battle; paid: bigint; at_ms: number; isLimited: boolean }

/** What Ann does, and what she should have spent of the day by it. */
class Play {
  spent = 0n
  day = dayOf(NOON)
  tables: Table[] = []
  battles = 0
  readonly cell: Cell

  constructor(cell: Cell) {
    this.cell = cell
  }

  async open(limits: Limits, amount: bigint): Promise<void> {
    let wasLimited = false
    await limits.within(ann, PLAY_CREDIT, amount, (taken) => {
      wasLimited = taken.length > 0
      return this.cell.commit([...taken, moved(userOwner('ann'), HOUSE, amount)])
    })
    if (wasLimited) this.count(amount)
  }

  /** Ann creates a battle, sponsoring half of it, or joins one of Bob's. */
  async sit(limits: Limits, isOwn: boolean): Promise<void> {
    const id = uuidv7(this.cell.now_ms + ++this.battles)
    const wait_ms = 36 * HOUR_MS
    const sit = (taken: readonly Transfer[]): Decision => {
      const by = (user: string) => ({ user, name: user, clientSeed: clientSeedOf(user) })
      const made = { id, wait_ms, seats: 3, sponsor: isOwn ? 50 : 0 }
      if (isOwn) return createBattle(newBattle({ ...made, creator: { ...by('ann'), taken } }), this.cell.now_ms)
      const bobs = createBattle(newBattle({ ...made, creator: by('bob') }), this.cell.now_ms)
      if (!bobs.ok) return bobs
      const seated = join(bobs.battle, { ...by('ann'), seat: 1, taken }, this.cell.now_ms, ENTROPY)
      if (!seated.ok) return seated
      const transfers = [...bobs.effects.transfers, ...seated.effects.transfers]
      return { ...seated, effects: { ...seated.effects, transfers } }
    }
    const paid = paidBy(sit([]))
    await limits.within(ann, PLAY_CREDIT, paid, async (taken) => {
      const decision = accepted(sit(taken))
      await this.cell.commit(decision.effects.transfers)
      const isLimited = taken.length > 0
      if (isLimited) this.count(paid)
      this.tables.push({ battle: again(decision.battle), paid, at_ms: this.cell.now_ms, isLimited })
    })
  }

  /** Gets up from a table again, or has a bot take what she sponsors. */
  async rise(which: number, how: 'leave' | 'expire' | 'bot'): Promise<void> {
    const table = this.tables[which % this.tables.length]
    if (table === undefined) return
    const { battle } = table
    const isOwn = battle.creator === 'ann'
    const { now_ms } = this.cell
    const decide = (): Decision => {
      if (how === 'bot' && isOwn)
        return callBot(battle, { seat: battle.seats.indexOf(null), by: 'ann' }, now_ms, later(now_ms))
      if (how === 'expire') return expire({ ...battle, expires_ms: now_ms }, now_ms)
      return isOwn ? cancel(battle, { by: 'ann' }, now_ms) : leave(battle, { user: 'ann' }, now_ms)
    }
    const decision = decide()
    if (!decision.ok) return
    await this.cell.commit(decision.effects.transfers)
    const back = -paidBy(decision)
    if (table.isLimited && dayOf(table.at_ms) === dayOf(now_ms) && this.day === dayOf(now_ms)) this.spent -= back
    const next = { ...table, battle: again(decision.battle), paid: table.paid - back }
    this.tables = this.tables.flatMap((each) =>
      each !== table ? [each] : next.battle.phase === 'waiting' ? [next] : [],
    )
    this.tables = this.tables.filter((each) => each.battle.seats.some((seat) => seat?.user === 'ann'))
  }

  count(amount: bigint): void {
    if (this.day !== dayOf(this.cell.now_ms)) [this.day, this.spent] = [dayOf(this.cell.now_ms), 0n]
    this.spent += amount
  }
}

const later = (now_ms: number) => ({ ...ENTROPY, due_ms: now_ms + 1 })
const again = (battle: Battle) => battleFromJson(battleToJson(battle))

function accepted(decision: Decision) {
  if (!decision.ok) throw new Error(decision.code)
  return decision
}

/** What Ann pays of her own by it; less than nothing is what she gets back. */
function paidBy(decision: Decision): bigint {
  const own = userOwner('ann')
  const money = accepted(decision).effects.transfers.filter(({ asset }) => asset === PLAY_CREDIT)
  return money.reduce(
    (sum, { debit, credit, amount }) => sum + (debit === own ? amount : credit === own ? 0n - amount : 0n),
    0n,
  )
}

const node = fc.nat(1)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ node, open: fc.bigInt({ min: 1n, max: 700n }) }) },
  { weight: 6, arbitrary: fc.record({ node, sit: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ rise: fc.nat(9), how: fc.constantFrom('leave', 'expire', 'bot') }) },
  { weight: 2, arbitrary: fc.record({ node, set: fc.integer({ min: 0, max: 4_000 }).map(String) }) },
  { weight: 2, arbitrary: fc.record({ later: fc.integer({ min: 1, max: 14 }) }) },
  { weight: 1, arbitrary: fc.record({ node, coolOff: fc.constant(1) }) },
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function take(cell: Cell, play: Play, each: Step): Promise<void> {
  const limits = cell.nodes['node' in each ? each.node : 0]!.limits
  if ('later' in each) cell.now_ms += each.later * HOUR_MS
  else if ('open' in each) await play.open(limits, each.open)
  else if ('sit' in each) await play.sit(limits, each.sit)
  else if ('rise' in each) await play.rise(each.rise, each.how)
  else if ('set' in each) await set(cell, each.node, each.set)
  else {
    const until_ms = cell.now_ms + HOUR_MS
    const wanted = { kind: 'cool-off', until_ms } as const
    await cell.nodes[each.node]!.actors.act(ann, (known, held, now_ms) => exclude(known, wanted, held, now_ms))
  }
}

async function set(cell: Cell, at: number, amount: string): Promise<void> {
  const decide = (...[known, held, now_ms]: Parameters<Parameters<LimitActors['act']>[1]>) =>
    setLimit(known, { ...LOSS, amount }, held, now_ms)
  await cell.nodes[at]!.actors.act(ann, decide, { asked: LOSS })
}

test('whatever somebody opens, joins, leaves and sets on nodes that know nothing of each other, a day costs no more than its limit, to the cent', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
      const cell = await Cell.open()
      const play = new Play(cell)
      await set(cell, 0, '2000')
      for (const each of steps) {
        const before = play.spent
        const day = play.day
        const refusal = await take(cell, play, each).then(
          () => undefined,
          (cause: unknown) => toRollingDropError(cause).code,
        )
        if (refusal !== undefined) expect(REFUSALS).toContain(refusal)
        // A node that has just been asked knows what is so: what it shows is what is left by the count above.
        const fresh = createLimits(cell.parts)
        const { limits, exclusion } = await fresh.own(ann)
        fresh.close()
        const amount = BigInt(limits[0]!.amount)
        const spent = play.day === dayOf(cell.now_ms) ? play.spent : 0n
        const left = amount > spent ? amount - spent : 0n
        expect(limits[0]!.left).toBe(`${left}`)
        if (play.day === day ? play.spent > before : play.spent > 0n) expect(play.spent).toBeLessThanOrEqual(amount)
        if (exclusion !== null && refusal === undefined) expect('open' in each || 'sit' in each).toBe(false)
      }
      for (const { limits, close } of cell.nodes) {
        limits.close()
        await close()
      }
    }),
    { numRuns: 80 },
  )
})
