import { describe, expect, it } from 'vitest'
import { toAmount } from '../../schema/amount.ts'
import { audienceOf } from '../../schema/event.ts'
import { toAsset } from '../../schema/asset.ts'
import { botSeed } from '../fairness/seed.ts'
import { accepted, clientSeedOf, ENTROPY, ENTROPY_VALUE, newBattle, player, refusal } from './arbitrary.ts'
import { PLAIN_BOX } from './plain-box.ts'
import { SERVER_SEED, waiting } from './arbitrary.ts'
import { cancel, expire } from './cancel.ts'
import { createBattle } from './create.ts'
import { resolve } from './draw.ts'
import { drawn, revealedRounds, settlesAt } from './reveal.ts'
import { callBot, join, leave } from './seat.ts'
import { settle } from './settle.ts'
import type { Battle } from './state.ts'
import { battleFromJson, battleToJson } from './stored.ts'

const drawing = () => accepted(join(waiting(), player('bob', 1), 2_000, ENTROPY)).battle
const revealing = () => accepted(drawn(drawing(), { entropyValue: ENTROPY_VALUE }, 9_000)).battle
const cancelled = () => accepted(cancel(waiting(), { by: 'ann' }, 2_000)).battle
const resultOf = (battle: Battle) => resolve(battle, { serverSeed: SERVER_SEED, entropyValue: ENTROPY_VALUE })
const settleAt = (battle: Battle, now_ms: number) =>
  settle(battle, { serverSeed: SERVER_SEED, result: resultOf(battle) }, now_ms)
const settled = () => accepted(settleAt(revealing(), 12_000)).battle

describe('creating a battle', () => {
  it('seats the creator, who pays for it, and sets the alarm to the end of the waiting time', () => {
    const { battle, effects } = accepted(createBattle(newBattle(), 1_000))
    expect(battle).toMatchObject({
      phase: 'waiting',
      price: 500n,
      rounds: [0, 0],
      expires_ms: 61_000,
      serverSeed: null,
    })
    expect(battle.boxes).toHaveLength(1)
    expect(battle.seats).toEqual([
      { user: 'ann', name: 'Ann', bot: false, clientSeed: clientSeedOf('ann'), borrow: 0 },
      null,
    ])
    const stake = { asset: 'play:CREDIT', debit: 'user:ann', credit: `escrow:battle-${battle.id}`, amount: 500n }
    expect(effects).toMatchObject({ transfers: [stake], wake_at_ms: 61_000, finished: false })
    expect(effects.events.map(({ type }) => type)).toEqual(['battle.created', 'battle.joined'])
  })

  it('keeps different versions of a box apart', () => {
    const newer = { ...PLAIN_BOX, version: 2 }
    const { battle } = accepted(createBattle(newBattle({ boxes: [PLAIN_BOX, newer, PLAIN_BOX] }), 1_000))
    expect(battle.rounds).toEqual([0, 1, 0])
  })

  it('refuses what does not go together', () => {
    const dollars = { ...PLAIN_BOX, asset: toAsset('USD') }
    const huge = { ...PLAIN_BOX, price: toAmount(2n ** 62n) }
    const weightless = { ...PLAIN_BOX, prizes: [{ ...PLAIN_BOX.prizes[0]!, weight: 0 }] }
    const refused = [
      { boxes: [] },
      { boxes: Array.from({ length: 51 }, () => PLAIN_BOX) },
      { boxes: [PLAIN_BOX, dollars] },
      { boxes: [{ ...PLAIN_BOX, prizes: [] }] },
      { boxes: [weightless] },
      { boxes: [{ ...PLAIN_BOX, price: toAmount(0n) }] },
      { boxes: [huge, huge] },
      { seats: 1 },
      { seats: 7 },
      { seats: 2.5 },
      { reveal_ms: 0 },
    ]
    for (const each of refused) expect(refusal(createBattle(newBattle(each), 1_000))).toBe('battle/options')
    const unseeded = { creator: { user: 'ann', name: 'Ann', clientSeed: 'mine' } }
    expect(refusal(createBattle(newBattle(unseeded), 1_000))).toBe('request/invalid')
  })
})

describe('taking a seat', () => {
  it('starts the battle with the last one and fixes the entropy', () => {
    const { battle, effects } = accepted(join(waiting(), player('bob', 1), 2_000, ENTROPY))
    expect(battle).toMatchObject({ phase: 'drawing', entropy: { ...ENTROPY, value: null } })
    expect(effects.events.map(({ type }) => type)).toEqual(['battle.joined', 'battle.started'])
    expect(effects.wake_at_ms).toBe(ENTROPY.due_ms)
  })

  it('fixes nothing while a seat is free', () => {
    const { battle, effects } = accepted(join(waiting({ seats: 3 }), player('bob', 2), 2_000, ENTROPY))
    expect(battle).toMatchObject({ phase: 'waiting', entropy: null })
    expect(effects.wake_at_ms).toBe(battle.expires_ms)
  })

  it('never starts on a value that could be known', () => {
    expect(() => join(waiting(), player('bob', 1), ENTROPY.due_ms, ENTROPY)).toThrow('due already')
  })

  it('refuses by phase, seat and player', () => {
    const open = waiting({ seats: 3 })
    const as = (battle: Battle, user: string, seat: number, now_ms = 2_000) =>
      refusal(join(battle, player(user, seat), now_ms, ENTROPY))
    expect(as(open, 'bob', 0)).toBe('battle/seat-taken')
    for (const seat of [3, -1, 0.5]) expect(as(open, 'bob', seat)).toBe('battle/seat-unknown')
    expect(as(open, 'ann', 1)).toBe('battle/already-seated')
    expect(as(open, 'bob', 1, open.expires_ms)).toBe('battle/finished')
    expect(as(drawing(), 'eve', 1)).toBe('battle/full')
    expect(as(revealing(), 'eve', 1)).toBe('battle/full')
    expect(as(drawing(), 'bob', 1)).toBe('battle/already-seated')
    for (const over of [cancelled(), settled()]) expect(as(over, 'eve', 1)).toBe('battle/finished')
    const unseeded = { ...player('bob', 1), clientSeed: 'AB'.repeat(32) }
    expect(refusal(join(open, unseeded, 2_000, ENTROPY))).toBe('request/invalid')
  })

  it('lets the house pay for a bot, whose seed nobody chooses', () => {
    const { battle, effects } = accepted(callBot(waiting(), { seat: 1, by: 'ann' }, 2_000, ENTROPY))
    expect(battle.seats[1]).toMatchObject({ user: null, name: 'Bot 2', bot: true, clientSeed: botSeed(battle.id, 1) })
    expect(effects.transfers).toMatchObject([{ debit: 'house:main', amount: 500n }])
    expect(battle.phase).toBe('drawing')
  })

  it('lets only the creator call a bot, and only while waiting', () => {
    const call = (battle: Battle, by: string, seat = 1) => refusal(callBot(battle, { seat, by }, 2_000, ENTROPY))
    expect(call(waiting(), 'bob')).toBe('battle/not-creator')
    expect(call(waiting(), 'ann', 0)).toBe('battle/seat-taken')
    expect(call(waiting(), 'ann', 9)).toBe('battle/seat-unknown')
    expect(call(drawing(), 'ann')).toBe('battle/already-started')
    expect(call(cancelled(), 'ann')).toBe('battle/finished')
  })
})

describe('giving up', () => {
  it('refunds a seat left before the start', () => {
    const two = accepted(join(waiting({ seats: 3 }), player('bob', 1), 2_000, ENTROPY)).battle
    const { battle, effects } = accepted(leave(two, { user: 'bob' }, 3_000))
    expect(battle.seats).toEqual([two.seats[0], null, null])
    expect(effects.transfers).toMatchObject([{ debit: `escrow:battle-${battle.id}`, credit: 'user:bob', amount: 500n }])
    expect(refusal(join(battle, player('bob', 1), 4_000, ENTROPY))).toBeUndefined()
  })

  it('refuses to free a seat that is not theirs or no longer can be', () => {
    expect(refusal(leave(waiting(), { user: 'eve' }, 2_000))).toBe('battle/not-seated')
    expect(refusal(leave(drawing(), { user: 'bob' }, 2_000))).toBe('battle/already-started')
    expect(refusal(leave(settled(), { user: 'bob' }, 2_000))).toBe('battle/finished')
  })

  it('cancels when the creator leaves alone, and not with others there', () => {
    const two = accepted(join(waiting({ seats: 3 }), player('bob', 1), 2_000, ENTROPY)).battle
    expect(refusal(leave(two, { user: 'ann' }, 3_000))).toBe('battle/not-alone')
    expect(accepted(leave(waiting(), { user: 'ann' }, 3_000)).battle.phase).toBe('cancelled')
  })

  it('lets the creator cancel beside bots only, and refunds the house', () => {
    const beside = accepted(callBot(waiting({ seats: 3 }), { seat: 2, by: 'ann' }, 2_000, ENTROPY)).battle
    const { battle, effects } = accepted(cancel(beside, { by: 'ann' }, 3_000))
    expect(battle.phase).toBe('cancelled')
    expect(effects).toMatchObject({ wake_at_ms: null, finished: true })
    expect(effects.transfers.map(({ credit }) => credit)).toEqual(['user:ann', 'house:main'])
    const two = accepted(join(beside, player('bob', 1), 3_000, ENTROPY)).battle
    expect(refusal(cancel(two, { by: 'ann' }, 3_000))).toBe('battle/already-started')
  })

  it('refuses a cancellation by others, with others, and after the start', () => {
    const two = accepted(join(waiting({ seats: 3 }), player('bob', 1), 2_000, ENTROPY)).battle
    expect(refusal(cancel(two, { by: 'bob' }, 3_000))).toBe('battle/not-creator')
    expect(refusal(cancel(two, { by: 'ann' }, 3_000))).toBe('battle/not-alone')
    expect(refusal(cancel(drawing(), { by: 'ann' }, 3_000))).toBe('battle/already-started')
    expect(refusal(cancel(cancelled(), { by: 'ann' }, 3_000))).toBe('battle/finished')
  })

  it('expires at its time and not before', () => {
    const two = accepted(join(waiting({ seats: 3 }), player('bob', 1), 2_000, ENTROPY)).battle
    expect(refusal(expire(two, two.expires_ms - 1))).toBe('battle/too-early')
    const { effects } = accepted(expire(two, two.expires_ms))
    expect(effects.events).toEqual([{ type: 'battle.cancelled', payload: { battle: two.id, reason: 'expired' } }])
    expect(effects.transfers.map(({ credit }) => credit)).toEqual(['user:ann', 'user:bob'])
    expect(refusal(expire(drawing(), 99_000))).toBe('battle/already-started')
  })
})

describe('drawing and showing', () => {
  it('takes the public value when it is due, once', () => {
    const draw = (battle: Battle, now_ms: number) => refusal(drawn(battle, { entropyValue: ENTROPY_VALUE }, now_ms))
    expect(draw(drawing(), 8_999)).toBe('battle/too-early')
    expect(draw(waiting(), 9_000)).toBe('battle/too-early')
    expect(draw(drawing(), 9_000_000)).toBeUndefined()
    expect(draw(revealing(), 9_000)).toBe('battle/already-started')
    expect(draw(settled(), 9_000)).toBe('battle/finished')
    expect(() => drawn(drawing(), { entropyValue: 'late' }, 9_000)).toThrow('entropy')
  })

  it('shows the rounds one by one from the committed time on', () => {
    const battle = revealing()
    expect(battle.reveal_from_ms).toBe(10_000)
    expect(settlesAt(battle)).toBe(12_000)
    const shown = [9_000, 9_999, 10_000, 10_999, 11_000, 99_000].map((now_ms) => revealedRounds(battle, now_ms))
    expect(shown).toEqual([0, 0, 1, 1, 2, 2])
    expect(revealedRounds(waiting(), 99_000)).toBe(0)
  })

  it('waits at most a second and a half before the first round', () => {
    const slow = accepted(join(waiting({ reveal_ms: 8_000 }), player('bob', 1), 2_000, ENTROPY)).battle
    expect(accepted(drawn(slow, { entropyValue: ENTROPY_VALUE }, 9_000)).battle.reveal_from_ms).toBe(10_500)
  })
})

describe('settling', () => {
  it('pays everything in one outcome and opens the seed', () => {
    const battle = revealing()
    const result = resultOf(battle)
    const { battle: after, effects } = accepted(settleAt(battle, 12_000))
    expect(after).toMatchObject({ phase: 'settled', serverSeed: SERVER_SEED, result })
    expect(effects).toMatchObject({ wake_at_ms: null, finished: true })
    const winner = `user:${battle.seats[result.winners[0]!]!.user}`
    const escrow = `escrow:battle-${battle.id}`
    expect(effects.transfers).toEqual([
      { asset: 'play:CREDIT', debit: escrow, credit: 'house:main', amount: 1_000n },
      ...result.payouts.map(({ asset, amount }) => ({ asset, debit: 'issue:items', credit: winner, amount })),
      ...['user:ann', 'user:bob'].map((user) => ({
        asset: 'play:wagered:CREDIT',
        debit: 'issue:wagers',
        credit: `wagered:${user}`,
        amount: 500n,
      })),
    ])
    expect(effects.events).toMatchObject([{ type: 'battle.settled', payload: { winners: result.winners } }])
  })

  it('issues nothing when a bot wins', () => {
    for (let i = 0; i < 20; i++) {
      const id = waiting().id.replace(/..$/, String(10 + i))
      const started = accepted(callBot(waiting({ id }), { seat: 1, by: 'ann' }, 2_000, ENTROPY)).battle
      const battle = accepted(drawn(started, { entropyValue: ENTROPY_VALUE }, 9_000)).battle
      const { transfers } = accepted(settleAt(battle, 12_000)).effects
      const botWon = resultOf(battle).winners[0] === 1
      expect(transfers.some(({ debit }) => debit === 'issue:items')).toBe(!botWon)
      expect(transfers.filter(({ credit }) => credit.startsWith('wagered:'))).toHaveLength(1)
    }
  })

  it('refuses before the last round is shown, and a second time', () => {
    expect(refusal(settleAt(revealing(), 10_999))).toBe('battle/too-early')
    expect(refusal(settleAt(revealing(), 11_000))).toBeUndefined()
    expect(refusal(settleAt(drawing(), 99_000))).toBe('battle/too-early')
    expect(refusal(settleAt(settled(), 99_000))).toBe('battle/finished')
  })

  it('throws on another seed and on a result that does not add up', () => {
    const battle = revealing()
    const result = resultOf(battle)
    const other = { serverSeed: '00'.repeat(32), result }
    expect(() => settle(battle, other, 12_000)).toThrow('not the promised')
    const broken = [
      { ...result, pulls: result.pulls.slice(1) },
      { ...result, pulls: result.pulls.with(0, result.pulls[1]!) },
      { ...result, payouts: [] },
      { ...result, pot: toAmount(result.pot + 1n) },
    ]
    for (const each of broken) {
      expect(() => settle(battle, { serverSeed: SERVER_SEED, result: each }, 12_000)).toThrow('add up')
    }
  })
})

describe('a battle written before there were options', () => {
  it('is read as one that has none, and goes on', () => {
    const { teamSize: _, sponsor: __, minLevel: ___, borrowMax: ____, ...old } = JSON.parse(battleToJson(waiting()))
    const seats = old.seats.map((seat: { borrow?: number } | null) => seat && { ...seat, borrow: undefined })
    const read = battleFromJson(JSON.stringify({ ...old, seats }))
    expect(read).toEqual(waiting())
    expect(refusal(join(read, player('bob', 1), 2_000, ENTROPY))).toBeUndefined()
  })
})

describe('an unlisted battle', () => {
  it('keeps all its events inside', () => {
    let { battle, effects } = accepted(createBattle(newBattle({ unlisted: true }), 1_000))
    const events = [...effects.events]
    const go = (decision: ReturnType<typeof settle>) => {
      ;({ battle, effects } = accepted(decision))
      events.push(...effects.events)
    }
    go(join(battle, player('bob', 1), 2_000, ENTROPY))
    go(drawn(battle, { entropyValue: ENTROPY_VALUE }, 9_000))
    go(settleAt(battle, 12_000))
    expect(events).toHaveLength(6)
    expect(new Set(events.map(audienceOf))).toEqual(new Set(['internal']))
  })
})
