import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escrowOwner, STOCK } from '../../schema/account.ts'
import { itemAsset, PLAY_CREDIT } from '../../schema/asset.ts'
import { battleModes } from '../../schema/battle-mode.ts'
import { accepted, drawableOf, ENTROPY, ENTROPY_VALUE, player, SERVER_SEED, waiting } from './arbitrary.ts'
import { cancel } from './cancel.ts'
import { resolve } from './draw.ts'
import { prizeOf } from './pull.ts'
import { proofOf } from './proof.ts'
import { drawn } from './reveal.ts'
import { join, leave } from './seat.ts'
import { settle } from './settle.ts'
import { sharesOf } from './split.ts'
import type { Battle } from './state.ts'
import { mostDrawn } from './stock.ts'
import { battleFromJson, battleToJson } from './stored.ts'
import { verifyBattle } from './verify.ts'

const PEBBLE = itemAsset('pebble', PLAY_CREDIT)
const open = (limited: readonly string[] = ['pebble', 'elsewhere']) => waiting({ limited })
const startWith = (count: bigint, battle = open()) => {
  const inStock = new Map([[PEBBLE, count]])
  return accepted(join(battle, player('bob', 1), 2_000, { ...ENTROPY, inStock }))
}

function finish(started: Battle) {
  const revealing = accepted(drawn(started, { entropyValue: ENTROPY_VALUE }, ENTROPY.due_ms)).battle
  const result = resolve(revealing, { serverSeed: SERVER_SEED, entropyValue: ENTROPY_VALUE })
  return accepted(settle(revealing, { serverSeed: SERVER_SEED, result }, 60_000))
}

const ofPebbles = (transfers: readonly { asset: string; debit: string; credit: string; amount: bigint }[]) =>
  transfers.filter(({ asset }) => asset === PEBBLE).map(({ debit, credit, amount }) => [debit, credit, amount])

describe('a battle with an item of which there are only so many', () => {
  test('keeps as many as it could draw, with its last seat and not before', () => {
    expect(open().limited).toEqual([{ sku: 'pebble', reserved: 0 }])
    const three = waiting({ limited: ['pebble'], seats: 3 })
    const joined = accepted(join(three, player('bob', 1), 2_000, { ...ENTROPY, inStock: new Map([[PEBBLE, 99n]]) }))
    expect(ofPebbles(joined.effects.transfers)).toEqual([])
    const { battle, effects } = startWith(4n)
    expect(battle.limited).toEqual([{ sku: 'pebble', reserved: 4 }])
    expect(ofPebbles(effects.transfers)).toEqual([[STOCK, escrowOwner(battle.id), 4n]])
    expect(effects.events.at(-1)?.payload).toMatchObject({ limited: [{ sku: 'pebble', reserved: 4 }] })
  })

  test('pays what it draws out of that, and gives the rest back', () => {
    const { battle, effects } = finish(startWith(4n).battle)
    const won = battle.result!.pulls.filter((pull) => prizeOf(battle, pull).sku === 'pebble').length
    expect(won).toBeGreaterThan(0)
    const moved = ofPebbles(effects.transfers)
    expect(moved.every(([debit]) => debit === escrowOwner(battle.id))).toBe(true)
    expect(moved.reduce((total, [, , amount]) => total + (amount as bigint), 0n)).toBe(4n)
    expect(moved.find(([, credit]) => credit === STOCK)?.[2]).toBe(won === 4 ? undefined : BigInt(4 - won))
  })

  test('pays all of it in money, at its value, when one is too few', () => {
    const { battle, effects } = finish(startWith(3n).battle)
    expect(ofPebbles(effects.transfers)).toEqual([])
    const worth = battle
      .result!.pulls.map((pull) => prizeOf(battle, pull))
      .filter(({ sku }) => sku === 'pebble')
      .reduce((total, { value }) => total + value, 0n)
    expect(battle.result!.payouts.find(({ asset }) => asset === PLAY_CREDIT)?.amount).toBe(worth)
    expect(proofOf(battle)).toMatchObject({ limited: [{ sku: 'pebble', reserved: 0 }] })
    expect(verifyBattle(proofOf(battle)).ok).toBe(true)
  })

  test('keeps nothing while it can still be left or called off', () => {
    const three = waiting({ limited: ['pebble'], seats: 3 })
    const joined = accepted(join(three, player('bob', 1), 2_000, ENTROPY)).battle
    expect(ofPebbles(accepted(leave(joined, { user: 'bob' }, 2_500)).effects.transfers)).toEqual([])
    expect(ofPebbles(accepted(cancel(three, { by: 'ann' }, 2_500)).effects.transfers)).toEqual([])
  })

  test('is read back as it was stored, and one from before there were such items too', () => {
    const { battle } = startWith(4n)
    expect(battleFromJson(battleToJson(battle))).toEqual(battle)
    const { limited: _, ...older } = JSON.parse(battleToJson(startWith(4n, open([])).battle)) as Battle
    expect(battleFromJson(JSON.stringify(older)).limited).toEqual([])
    expect(verifyBattle(proofOf(finish(battleFromJson(JSON.stringify(older))).battle)).ok).toBe(true)
  })
})

describe('the proof of what was kept', () => {
  const failed = (limited: readonly { sku: string; reserved: number }[], count = 4n) =>
    verifyBattle({ ...proofOf(finish(startWith(count).battle).battle), limited: [...limited] })
      .stages.filter(({ ok }) => !ok)
      .map(({ name, detail }) => `${name}: ${detail}`)

  test('fails where less was kept than could be drawn, where it was kept twice, or of what is in no box', () => {
    expect(failed([{ sku: 'pebble', reserved: 4 }])).toEqual([])
    expect(failed([{ sku: 'pebble', reserved: 3 }])).toEqual(['payout: of pebble 4 could be drawn, 3 were reserved'])
    expect(
      failed([
        { sku: 'pebble', reserved: 4 },
        { sku: 'pebble', reserved: 0 },
      ]),
    ).toEqual(['payout: an item is reserved twice'])
    expect(failed([{ sku: 'elsewhere', reserved: 0 }])).toEqual(['payout: no box holds the reserved item elsewhere'])
  })

  test('fails where money was paid for what was kept, and where an item was given of which none was', () => {
    expect(failed([{ sku: 'pebble', reserved: 0 }])).toEqual(['payout: other things were paid out than were won'])
    expect(failed([{ sku: 'pebble', reserved: 4 }], 3n)).toEqual(['payout: other things were paid out than were won'])
  })
})

test('in every mode what is paid in money makes up for the items that are not, to the smallest unit', () => {
  const battles = drawableOf(...battleModes).chain((battle) => {
    const skus = [...new Set(battle.boxes.flatMap(({ prizes }) => prizes.map(({ sku }) => sku)))]
    const kept = fc.array(fc.boolean(), { minLength: skus.length, maxLength: skus.length })
    return fc.record({ limited: fc.subarray(skus), kept }).map(({ limited, kept: each }) => {
      const items = limited.map((sku, i) => ({ sku, reserved: each[i] ? mostDrawn(battle, sku) : 0 }))
      return Object.assign({}, battle, { limited: items })
    })
  })
  fc.assert(
    fc.property(battles, (battle) => {
      const result = resolve(battle, { serverSeed: SERVER_SEED, entropyValue: ENTROPY_VALUE })
      const values = new Map(
        battle.boxes.flatMap(({ prizes }) => prizes.map(({ sku, value }) => [itemAsset(sku, battle.asset), value])),
      )
      const got = battle.seats.map((_seat, seat) =>
        result.payouts
          .filter((payout) => payout.seat === seat)
          .reduce((total, { asset, amount }) => total + amount * (values.get(asset) ?? 1n), 0n),
      )
      expect(got).toEqual(sharesOf(battle, result))
      for (const { sku, reserved } of battle.limited) {
        const asset = itemAsset(sku, battle.asset)
        const won = result.payouts.filter((payout) => payout.asset === asset).reduce((n, { amount }) => n + amount, 0n)
        expect(won).toBeLessThanOrEqual(BigInt(reserved))
      }
    }),
  )
})
