import { bytesToHex } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import { rarities, type Box, type Prize } from '../../schema/box.ts'
import { makeChain, chainValue, type EntropyFix } from '../fairness/chain.ts'
import { botSeed, hashSeed } from '../fairness/seed.ts'
import { createBattle, type NewBattle } from './create.ts'
import type { Drawable } from './draw.ts'
import type { Battle, Decision, Effects } from './state.ts'

// What the tests of battles are made from: random boxes and battles, and one known battle to start from.

export const BATTLE = '01890a5d-ac96-774b-bcce-b302099a8057'
export const SERVER_SEED = '5e'.repeat(32)
const chain = makeChain('c4'.repeat(32), 64)

/** Round 7 of a small chain, due at 9,000 ms. */
export const ENTROPY: EntropyFix = { source: 'chain:test', round: 7, due_ms: 9_000, anchor: chain.head }
export const ENTROPY_VALUE = chainValue(chain, 7)

export const hex32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytesToHex(bytes))

const prize = (n: number): fc.Arbitrary<Prize> =>
  fc.record({
    sku: fc.constant(`thing-${n}`),
    name: fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
    rarity: fc.constantFrom(...rarities),
    value: fc.integer({ min: 0, max: 4 }).map((value) => toAmount(BigInt(value * 100))),
    weight: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 40 })),
  })

/** Boxes with few and coarse values, so that ties are common. */
export const box = (id: string): fc.Arbitrary<Box> =>
  fc.record({
    id: fc.constant(id),
    version: fc.integer({ min: 1, max: 9 }),
    name: fc.string({ maxLength: 12 }),
    asset: fc.constant(PLAY_CREDIT),
    price: fc.bigInt({ min: 1n, max: 10_000n }).map(toAmount),
    prizes: fc.integer({ min: 1, max: 4 }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => prize(i)))),
  })

/** Battles ready to be drawn: 2–6 seats, 1–6 rounds over 1–3 boxes. */
export const drawable: fc.Arbitrary<Drawable> = fc
  .record({
    id: fc.uuid({ version: 7 }),
    boxes: fc
      .integer({ min: 1, max: 3 })
      .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => box(`box-${i}`)))),
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
    seats: fc.array(fc.record({ clientSeed: hex32 }), { minLength: 2, maxLength: 6 }),
  })
  .map(({ id, boxes, picks, seats }) => {
    const rounds = picks.map((pick) => pick % boxes.length)
    return { id, mode: 'standard', asset: PLAY_CREDIT, boxes, rounds, seats }
  })

export const PLAIN_BOX: Box = {
  id: 'plain',
  version: 1,
  name: 'Plain',
  asset: PLAY_CREDIT,
  price: toAmount(250n),
  prizes: [
    { sku: 'pebble', name: 'Pebble', rarity: 'common', value: toAmount(50n), weight: 70 },
    { sku: 'marble', name: 'Marble', rarity: 'rare', value: toAmount(400n), weight: 25 },
    { sku: 'comet', name: 'Comet', rarity: 'legendary', value: toAmount(2_000n), weight: 5 },
  ],
}

/** A battle of Ann's with two rounds of the plain box, created at 1,000 ms, waiting a minute, a second for each round. */
export function newBattle(overrides: Partial<NewBattle> = {}): NewBattle {
  return {
    id: BATTLE,
    tenant: 'main',
    boxes: [PLAIN_BOX, PLAIN_BOX],
    mode: 'standard',
    seats: 2,
    unlisted: false,
    creator: { user: 'ann', name: 'Ann', clientSeed: clientSeedOf('ann') },
    seedHash: hashSeed(SERVER_SEED),
    sealedSeed: 'sealed',
    wait_ms: 60_000,
    reveal_ms: 1_000,
    ...overrides,
  }
}

export function waiting(overrides: Partial<NewBattle> = {}): Battle {
  return accepted(createBattle(newBattle(overrides), 1_000)).battle
}

/** A client seed for a player of the tests. */
export function clientSeedOf(user: string): string {
  return botSeed(user, 0)
}

export function player(user: string, seat: number) {
  return { seat, user, name: user.toUpperCase(), clientSeed: clientSeedOf(user) }
}

/** The decision's outcome, for tests that expect one. */
export function accepted(decision: Decision): Readonly<{ battle: Battle; effects: Effects }> {
  if (!decision.ok) throw new Error(`refused: ${decision.code}`)
  return decision
}

/** The code a decision was refused with; undefined when it was accepted. */
export function refusal(decision: Decision): string | undefined {
  return decision.ok ? undefined : decision.code
}
