import { prizeOf } from '../game/battle/pull.ts'
import type { Battle } from '../game/battle/state.ts'
import type { BattleState } from '../schema/battle-state.ts'
import { seedOf, type History, type Version } from './history.ts'
import type { Trace } from './trace.ts'

/** A state as a client reads it. */
export type View = Readonly<{
  phase: Battle['phase']
  entropySource: string
  entropyRound: number
  entropyDue: number
  entropy: string
  revealFrom: number
  seats: readonly Readonly<{
    user: string
    bot: boolean
    clientSeed: string
    borrow: number
    total: string
    share: string
  }>[]
  drops: readonly Readonly<{ round: number; seat: number; sku: string; value: string }>[]
  winners: readonly number[]
  pot: string
  serverSeed: string
}>

export function viewOf(state: BattleState): View {
  return state.toJSON() as unknown as View
}

/** Looks at everything a client is sent, in the instant in which it leaves the node, and knows what it may say. */
export class Witness {
  readonly #history: History
  readonly #trace: Trace
  readonly #now: () => number
  readonly #early_ms_max: number
  /** What clients were told. */
  messages = 0

  constructor(history: History, trace: Trace, now: () => number, early_ms_max: number) {
    this.#history = history
    this.#trace = trace
    this.#now = now
    this.#early_ms_max = early_ms_max
  }

  /** `by` is the machine that tells it. */
  told(battle: string, by: string, view: View): void {
    this.messages += 1
    const text = JSON.stringify(view)
    const versions = this.#history.of(battle)
    const told = frameOfView(view)
    const version = versions.findLast((each) => frameOfBattle(each.battle) === told)
    if (!version) return this.#broke(battle, by, `tells ${view.phase}, which is not committed: ${told}`)
    this.#checkSecrets(version, by, text)
    this.#checkDrops(version, by, view)
  }

  /** Nothing of a round before its time, the server seed with the settlement, what it was sealed as never. */
  #checkSecrets({ battle }: Version, by: string, text: string): void {
    if (text.includes(battle.sealedSeed)) this.#broke(battle.id, by, 'tells the sealed seed')
    if (battle.phase === 'settled') return
    if (text.includes(seedOf(battle))) this.#broke(battle.id, by, 'tells the server seed')
    for (const [round, box] of battle.rounds.entries()) {
      if (this.#isShown(battle, round)) continue
      const early = battle.boxes[box]!.prizes.find(({ sku }) => text.includes(sku))
      if (early) this.#broke(battle.id, by, `tells ${early.sku} of round ${round} before its time`)
    }
  }

  #checkDrops({ battle }: Version, by: string, { drops, seats }: View): void {
    if (drops.length === 0) return
    const { pulls } = this.#history.resultOf(battle)
    const totals = seats.map(() => 0n)
    for (const [index, drop] of drops.entries()) {
      const pull = pulls[index]!
      const { sku, value } = prizeOf(battle, pull)
      if (pull.round !== drop.round || pull.seat !== drop.seat || sku !== drop.sku || value.toString() !== drop.value)
        this.#broke(battle.id, by, `tells ${drop.sku} where ${sku} was drawn`)
      totals[drop.seat]! += value
    }
    if (seats.some(({ total }, seat) => total !== totals[seat]!.toString()))
      this.#broke(battle.id, by, 'tells a total that is not the sum of what is shown')
  }

  #isShown(battle: Battle, round: number): boolean {
    if (battle.reveal_from_ms === null) return false
    return this.#now() >= battle.reveal_from_ms + round * battle.reveal_ms - this.#early_ms_max
  }

  #broke(battle: string, by: string, what: string): void {
    this.#trace.broke(`${by}, battle ${battle}: ${what}`)
  }
}

/** What of a view follows from the committed state alone, whenever it is shown. */
export function frameOfView(view: View): string {
  const { phase, entropySource, entropyRound, entropyDue, entropy, revealFrom, winners, pot, serverSeed } = view
  const seats = view.seats.map(({ user, bot, clientSeed, borrow }) => [user, bot, clientSeed, borrow])
  return JSON.stringify([
    phase,
    entropySource,
    entropyRound,
    entropyDue,
    entropy,
    revealFrom,
    seats,
    winners,
    pot,
    serverSeed,
  ])
}

export function frameOfBattle(battle: Battle): string {
  const { phase, entropy, reveal_from_ms, result, serverSeed } = battle
  const seats = battle.seats.map((seat) =>
    seat ? [seat.user ?? '', seat.bot, seat.clientSeed, seat.borrow] : ['', false, '', 0],
  )
  return JSON.stringify([
    phase,
    entropy?.source ?? '',
    entropy?.round ?? 0,
    entropy?.due_ms ?? 0,
    entropy?.value ?? '',
    reveal_from_ms ?? 0,
    seats,
    result?.winners ?? [],
    result?.pot.toString() ?? '',
    serverSeed ?? '',
  ])
}
