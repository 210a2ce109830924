import { bytesToHex } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import { battleModes, type BattleMode } from '../../schema/battle-mode.ts'
import { rarities, type Box, type Prize } from '../../schema/box.ts'
import { makeChain, chainValue, type EntropyFix } from '../fairness/chain.ts'
import { botSeed, hashSeed } from '../fairness/seed.ts'
import { PLAIN_BOX } from './plain-box.ts'
import { createBattle, type NewBattle } from './create.ts'
import { resolve, type Drawable } from './draw.ts'
import { whyNotTogether, type Options } from './options.ts'
import { drawn, settlesAt } from './reveal.ts'
import { callBot, join } from './seat.ts'
import { settle } from './settle.ts'
import type { Battle, Decision, Effects } from './state.ts'

// What the tests of battles are made from: random boxes and battles, and one known battle to start from.

export const BATTLE = '01890a5d-ac96-774b-bcce-b302099a8057'
export const SERVER_SEED = '5e'.repeat(32)
const chain = makeChain('c4'.repeat(32), 64)

/** Round 7 of a small chain, due at 9,000 ms. */
export const ENTROPY: EntropyFix = { source: 'chain:test', round: 7, due_ms: 9_000, anchor: chain.head }
export const ENTROPY_VALUE = chainValue(chain, 7)

export const hex32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytesToHex(bytes))

/** Prizes of one sku have one value, so that a payout's worth can be told. */
const prize = (n: number): fc.Arbitrary<Prize> =>
  fc
    .record({
      name: fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
      rarity: fc.constantFrom(...rarities),
      value: fc.integer({ min: 0, max: 4 }).map((value) => toAmount(BigInt(value * 100))),
      weight: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 40 })),
    })
    .map(({ name, rarity, value, weight }) => ({ sku: `thing-${n}-${value}`, name, rarity, value, weight }))

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

/** The worth of a prize of these boxes, from its asset. */
export const worthOf = (asset: string): bigint => BigInt(/-(\d+)$/.exec(asset)?.[1] ?? 0)

/** Seats by team size; those that do not go together are left out below. */
const seatings = [2, 3, 4, 5, 6].flatMap((seats) => [1, 2, 3].map((teamSize) => ({ seats, teamSize })))

/** Options that go together, of these modes. */
export const options = (...modes: readonly BattleMode[]): fc.Arbitrary<Options> =>
  fc
    .record({
      mode: fc.constantFrom(...modes),
      seating: fc.constantFrom(...seatings),
      sponsor: fc.constantFrom(0, 0, 1, 33, 50, 99, 100),
      minLevel: fc.constant(0),
      borrowMax: fc.constantFrom(0, 0, 1, 50, 90),
    })
    .map(({ mode, seating: { seats, teamSize }, sponsor, minLevel, borrowMax }) => {
      return { mode, seats, teamSize, sponsor, minLevel, borrowMax }
    })
    .filter((each) => whyNotTogether(each) === undefined)

/** Battles of these modes ready to be drawn: 2–6 seats, alone or in teams, 1–6 rounds over 1–3 boxes. */
export const drawableOf = (...modes: readonly BattleMode[]): fc.Arbitrary<Drawable> =>
  fc
    .record({
      id: fc.uuid({ version: 7 }),
      boxes: fc
        .integer({ min: 1, max: 3 })
        .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => box(`box-${i}`)))),
      picks: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
      options: options(...modes),
      clientSeeds: fc.array(hex32, { minLength: 6, maxLength: 6 }),
      borrows: fc.array(fc.nat(90), { minLength: 6, maxLength: 6 }),
    })
    .map(({ id, boxes, picks, options: { mode, seats, teamSize, borrowMax }, clientSeeds, borrows }) => ({
      id,
      mode,
      teamSize,
      asset: PLAY_CREDIT,
      boxes,
      rounds: picks.map((pick) => pick % boxes.length),
      seats: clientSeeds
        .slice(0, seats)
        .map((clientSeed, seat) => ({ clientSeed, borrow: Math.min(borrows[seat]!, borrowMax) })),
    }))

/** Battles of every mode. */
export const drawable = drawableOf(...battleModes)

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

/** Who takes the seats after the creator's: a borrowed percent for a player, null for a bot. */
export type Guests = readonly (number | null)[]

/** A battle from its creation to its settlement, its seats taken in order. */
export function playToEnd(input: NewBattle, guests: Guests): Battle {
  let { battle } = accepted(createBattle(input, 1_000))
  for (const [index, borrow] of guests.entries()) {
    const seat = index + 1
    const by = battle.creator
    const taken =
      borrow === null
        ? callBot(battle, { seat, by }, 2_000, ENTROPY)
        : join(battle, { ...player(`user-${seat}`, seat), borrow }, 2_000, ENTROPY)
    battle = accepted(taken).battle
  }
  battle = accepted(drawn(battle, { entropyValue: ENTROPY_VALUE }, ENTROPY.due_ms)).battle
  const result = resolve(battle, { serverSeed: SERVER_SEED, entropyValue: ENTROPY_VALUE })
  return accepted(settle(battle, { serverSeed: SERVER_SEED, result }, settlesAt(battle)!)).battle
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
