import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escrowOwner } from '../../schema/account.ts'
import type { Box } from '../../schema/box.ts'
import type { EventDraft } from '../../schema/event.ts'
import { toJson } from '../../schema/json.ts'
import { accepted, box, BATTLE, ENTROPY_VALUE, ENTROPY, newBattle, player, SERVER_SEED } from './arbitrary.ts'
import { cancel, expire } from './cancel.ts'
import { createBattle } from './create.ts'
import { resolve } from './draw.ts'
import { drawn } from './reveal.ts'
import { callBot, join, leave } from './seat.ts'
import { settle } from './settle.ts'
import type { Battle, Decision, Effects } from './state.ts'
import { battleFromJson, battleToJson } from './stored.ts'

type Command = (battle: Battle, now_ms: number) => Decision

const user = fc.constantFrom('ann', 'bob', 'cid', 'dee', 'eve', 'fay')
const seat = fc.integer({ min: -1, max: 6 })
const soon = (now_ms: number) => ({ ...ENTROPY, due_ms: now_ms + 1_000 })

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(user, seat).map(
      ([u, s]): Command =>
        (b, t) =>
          join(b, player(u, s), t, soon(t)),
    ),
  },
  {
    weight: 2,
    arbitrary: seat.map(
      (s): Command =>
        (b, t) =>
          callBot(b, { seat: s, by: b.creator }, t, soon(t)),
    ),
  },
  {
    weight: 1,
    arbitrary: user.map(
      (u): Command =>
        (b, t) =>
          leave(b, { user: u }, t),
    ),
  },
  {
    weight: 1,
    arbitrary: user.map(
      (by): Command =>
        (b, t) =>
          cancel(b, { by }, t),
    ),
  },
  { weight: 1, arbitrary: fc.constant(expire) },
  { weight: 2, arbitrary: fc.constant<Command>((b, t) => drawn(b, { entropyValue: ENTROPY_VALUE }, t)) },
  { weight: 2, arbitrary: fc.constant<Command>((b, t) => settle(b, settlement(b), t)) },
)

function settlement(battle: Battle) {
  const full = { ...battle, seats: battle.seats.map((taken) => taken ?? { clientSeed: '00'.repeat(32) }) }
  return { serverSeed: SERVER_SEED, result: resolve(full, { serverSeed: SERVER_SEED, entropyValue: ENTROPY_VALUE }) }
}

type History = Readonly<{ boxes: Box[]; seats: number; unlisted: boolean; commands: (readonly [Command, number])[] }>

const history: fc.Arbitrary<History> = fc.record({
  boxes: fc.array(box('box'), { minLength: 1, maxLength: 3 }),
  seats: fc.integer({ min: 2, max: 4 }),
  unlisted: fc.boolean(),
  commands: fc.array(fc.tuple(command, fc.integer({ min: 0, max: 4_000 })), { maxLength: 25 }),
})

/** Plays commands against a battle and calls `each` after every accepted one with all that was committed so far. */
function play(input: History, each: (story: Story) => void): Story {
  let now_ms = 1_000
  const { boxes, seats, unlisted, commands } = input
  const first = accepted(createBattle(newBattle({ boxes, seats, unlisted }), now_ms))
  let story: Story = { battle: first.battle, ...first.effects }
  each(story)
  for (const [run, wait_ms] of commands) {
    now_ms += wait_ms
    const decision = run(story.battle, now_ms)
    if (!decision.ok) continue
    const { battle, effects } = decision
    story = { ...effects, battle, transfers: [...story.transfers, ...effects.transfers] }
    each(story)
  }
  return story
}

type Story = Readonly<{
  battle: Battle
  transfers: Effects['transfers']
  events: readonly EventDraft[]
  wake_at_ms: number | null
  finished: boolean
}>

function balance({ transfers }: Story, owner: string, asset: string): bigint {
  return transfers.reduce((total, transfer) => {
    if (transfer.asset !== asset) return total
    return (
      total + (transfer.credit === owner ? transfer.amount : 0n) - (transfer.debit === owner ? transfer.amount : 0n)
    )
  }, 0n)
}

describe('any sequence of commands', () => {
  it('keeps one price a taken seat in escrow while the battle lives, and nothing after', () => {
    fc.assert(
      fc.property(history, (input) => {
        play(input, (story) => {
          const { battle, finished } = story
          const taken = battle.seats.filter((each) => each !== null).length
          const held = balance(story, escrowOwner(BATTLE), battle.asset)
          expect(held).toBe(finished ? 0n : battle.price * BigInt(taken))
        })
      }),
    )
  })

  it('moves only amounts above zero, and tells at least one event each time', () => {
    fc.assert(
      fc.property(history, (input) => {
        play(input, ({ transfers, events }) => {
          expect(transfers.every(({ amount }) => amount > 0n)).toBe(true)
          expect(events.length).toBeGreaterThan(0)
        })
      }),
    )
  })

  it('tells nothing of the draws and the seed before the settlement, in state or events', () => {
    fc.assert(
      fc.property(history, (input) => {
        play(input, ({ battle, events }) => {
          if (battle.phase === 'settled') return
          const told = battleToJson(battle) + toJson(events)
          expect(battle.result).toBeNull()
          expect(told).not.toContain(SERVER_SEED)
          for (const word of ['"prize":', '"pulls"', '"drops"', '"totals"']) expect(told).not.toContain(word)
        })
      }),
    )
  })

  it('always has an alarm while the battle lives, and none after', () => {
    fc.assert(
      fc.property(history, (input) => {
        play(input, ({ battle, wake_at_ms, finished }) => {
          expect(finished).toBe(battle.phase === 'settled' || battle.phase === 'cancelled')
          expect(wake_at_ms === null).toBe(finished)
        })
      }),
    )
  })

  it('can always be brought to an end by its alarms, which pays each drawn item once to a player or to nobody', () => {
    fc.assert(
      fc.property(history, (input) => {
        let { battle, wake_at_ms } = play(input, () => {})
        while (wake_at_ms !== null) {
          const { effects, battle: next } = accepted(alarm(battle, wake_at_ms))
          if (next.phase === 'settled') {
            const issued = effects.transfers.filter(({ debit }) => debit === 'issue:items')
            const count = issued.reduce((total, { amount }) => total + amount, 0n)
            const all = BigInt(next.rounds.length * next.seats.length)
            expect(count).toBe(next.seats[next.result!.winners[0]!]!.bot ? 0n : all)
          }
          ;[battle, wake_at_ms] = [next, effects.wake_at_ms]
        }
      }),
    )
  })

  it('comes back from its JSON text as it was', () => {
    fc.assert(
      fc.property(history, (input) => {
        play(input, ({ battle }) => expect(battleFromJson(battleToJson(battle))).toEqual(battle))
      }),
    )
  })
})

/** What the actor does when a battle's alarm rings. */
function alarm(battle: Battle, now_ms: number): Decision {
  if (battle.phase === 'waiting') return expire(battle, now_ms)
  if (battle.phase === 'drawing') return drawn(battle, { entropyValue: ENTROPY_VALUE }, now_ms)
  return settle(battle, settlement(battle), now_ms)
}
