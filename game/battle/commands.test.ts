import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escrowOwner } from '../../schema/account.ts'
import { battleModes } from '../../schema/battle-mode.ts'
import type { Box } from '../../schema/box.ts'
import type { EventDraft } from '../../schema/event.ts'
import { toJson } from '../../schema/json.ts'
import { accepted, BATTLE, box, ENTROPY, ENTROPY_VALUE, newBattle, options, player, SERVER_SEED } from './arbitrary.ts'
import { worthOf } from './arbitrary.ts'
import { cancel, expire } from './cancel.ts'
import { createBattle } from './create.ts'
import type { Options } from './options.ts'
import { resolve } from './draw.ts'
import { drawn } from './reveal.ts'
import { callBot, join, leave } from './seat.ts'
import { settle } from './settle.ts'
import { sharesOf } from './split.ts'
import { ownStake, sponsored } from './stake.ts'
import type { Battle, Decision, Effects } from './state.ts'
import { battleFromJson, battleToJson } from './stored.ts'

type Command = (battle: Battle, now_ms: number) => Decision

const user = fc.constantFrom('ann', 'bob', 'cid', 'dee', 'eve', 'fay')
const seat = fc.integer({ min: -1, max: 6 })
const soon = (now_ms: number) => ({ ...ENTROPY, due_ms: now_ms + 1_000 })

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(user, seat, fc.nat(100)).map(
      ([u, s, percent]): Command =>
        (b, t) =>
          join(b, { ...player(u, s), borrow: Math.floor((b.borrowMax * percent) / 100) }, t, soon(t)),
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
  const full = { ...battle, seats: battle.seats.map((taken) => taken ?? { clientSeed: '00'.repeat(32), borrow: 0 }) }
  return { serverSeed: SERVER_SEED, result: resolve(full, { serverSeed: SERVER_SEED, entropyValue: ENTROPY_VALUE }) }
}

type History = Readonly<{
  boxes: Box[]
  chosen: Options
  borrow: number
  unlisted: boolean
  commands: (readonly [Command, number])[]
}>

const history: fc.Arbitrary<History> = fc.record({
  boxes: fc.array(box('box'), { minLength: 1, maxLength: 3 }),
  chosen: options(...battleModes),
  borrow: fc.nat(90),
  unlisted: fc.boolean(),
  commands: fc.array(fc.tuple(command, fc.integer({ min: 0, max: 4_000 })), { maxLength: 25 }),
})

/** Plays commands against a battle and calls `each` after every accepted one with all that was committed so far. */
function play(input: History, each: (story: Story) => void): Story {
  let now_ms = 1_000
  const { boxes, chosen, borrow, unlisted, commands } = input
  const creator = { ...newBattle().creator, borrow: Math.min(borrow, chosen.borrowMax) }
  const first = accepted(createBattle(newBattle({ ...chosen, boxes, creator, unlisted }), now_ms))
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
  it('keeps in escrow the price of each taken seat and what is sponsored of each free one, and nothing after the end', () => {
    fc.assert(
      fc.property(history, (input) => {
        play(input, (story) => {
          const { battle, finished } = story
          const taken = battle.seats.filter((each) => each !== null).length
          const free = battle.seats.length - taken
          const held = balance(story, escrowOwner(BATTLE), battle.asset)
          expect(held).toBe(finished ? 0n : battle.price * BigInt(taken) + sponsored(battle) * BigInt(free))
        })
      }),
    )
  })

  it('takes of each player their own part alone, of the creator what is sponsored too, and gives it back to whoever goes', () => {
    fc.assert(
      fc.property(history, (input) => {
        play(input, (story) => {
          const { battle } = story
          if (battle.phase === 'settled') return
          for (const each of ['ann', 'bob', 'cid', 'dee', 'eve', 'fay']) {
            const index = battle.phase === 'cancelled' ? -1 : battle.seats.findIndex((taken) => taken?.user === each)
            const others = battle.seats.slice(1).filter((taken) => taken?.bot !== true).length
            const gave = each === battle.creator && index === 0 ? sponsored(battle) * BigInt(others) : 0n
            const paid = index < 0 ? 0n : ownStake(battle, index, battle.seats[index]!)
            expect(balance(story, `user:${each}`, battle.asset)).toBe(-gave - paid)
          }
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

  it('can always be brought to an end by its alarms, which pays every player their share and counts what they wagered', () => {
    fc.assert(
      fc.property(history, (input) => {
        let { battle, wake_at_ms } = play(input, () => {})
        while (wake_at_ms !== null) {
          const { effects, battle: next } = accepted(alarm(battle, wake_at_ms))
          if (next.phase === 'settled') assertPaid(next, effects)
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

/** Each player gets the worth of their share in one outcome, and their own stake is counted; a bot gets nothing. */
function assertPaid(battle: Battle, { transfers }: Effects): void {
  const shares = sharesOf(battle, battle.result!)
  for (const [index, taken] of battle.seats.entries()) {
    const to = (owner: string) => transfers.filter(({ credit }) => credit === owner)
    const got = to(`user:${taken!.user}`).reduce(
      (sum, { asset, amount }) => sum + (asset === battle.asset ? amount : worthOf(asset) * amount),
      0n,
    )
    const wagered = to(`wagered:user:${taken!.user}`).reduce((sum, { amount }) => sum + amount, 0n)
    expect(got).toBe(taken!.bot ? 0n : shares[index])
    expect(wagered).toBe(taken!.bot ? 0n : ownStake(battle, index, taken!))
  }
  const escrow = transfers.filter(({ debit }) => debit === escrowOwner(battle.id))
  expect(escrow).toMatchObject([{ credit: 'house:main', amount: battle.price * BigInt(battle.seats.length) }])
}

/** What the actor does when a battle's alarm rings. */
function alarm(battle: Battle, now_ms: number): Decision {
  if (battle.phase === 'waiting') return expire(battle, now_ms)
  if (battle.phase === 'drawing') return drawn(battle, { entropyValue: ENTROPY_VALUE }, now_ms)
  return settle(battle, settlement(battle), now_ms)
}
