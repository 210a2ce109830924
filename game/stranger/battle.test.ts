/** The program held against the implementation written from game/fairness.md alone. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, it } from 'vitest'
import { toAmount } from '../../schema/amount.ts'
import { PLAIN_BOX } from '../battle/plain-box.ts'
import { verifyBattle } from '../battle/verify.ts'
import { chainValue, makeChain, verifyChainValue } from '../fairness/chain.ts'
import { drawBelow } from '../fairness/draw.ts'
import { makeDice, planOf, play, type Played } from './arbitrary.ts'
import { chainHolds, drawn, recompute, urnOf, type Recomputed } from './battle.ts'

const BATTLES = 10_000
/** Every so many battles go through the program's own verification too, which draws everything once more. */
const VERIFY_EVERY = 20

/** What the program says of a battle, as text. */
const ours = ({ proof, result }: Played): string =>
  JSON.stringify({
    seedHash: proof.seedHash,
    boxesHash: proof.boxesHash,
    price: proof.price,
    bots: proof.seats.filter(({ bot }) => bot).map(({ clientSeed }) => clientSeed),
    chainHolds: verifyChainValue(proof.entropy.anchor, proof.entropy.round, proof.entropy.value),
    drops: proof.drops.map(({ round, seat, sku, value }) => [round, seat, sku, value]),
    totals: result.totals.map(String),
    pot: String(result.pot),
    winners: proof.winners,
    payouts: proof.payouts.map(({ seat, asset, amount }) => [seat, asset, amount]),
  })

/** The same of the stranger. */
const theirs = ({ proof }: Played, got: Recomputed): string =>
  JSON.stringify({
    seedHash: got.seedHash,
    boxesHash: got.boxesHash,
    price: got.price,
    bots: got.botSeeds.filter((_seed, seat) => proof.seats[seat]!.user === null),
    chainHolds: got.chainHolds,
    drops: got.drops.map(({ round, seat, sku, value }) => [round, seat, sku, value]),
    totals: got.totals.map(String),
    pot: String(got.pot),
    winners: got.winners,
    payouts: got.payouts.map(({ seat, asset, amount }) => [seat, asset, amount]),
  })

/** The proof with the stranger's results in place of the program's. */
function withResults(proof: Played['proof'], got: Recomputed): Played['proof'] {
  const drops = got.drops.map(({ round, seat, sku, value }) => ({ round, seat, sku, value }))
  const { seedHash, boxesHash, price, winners, payouts } = got
  return { ...proof, seedHash, boxesHash, price, drops, winners, payouts }
}

/** The way a proof takes from the server to whoever checks it. */
const overJson = (proof: Played['proof']) => JSON.parse(JSON.stringify(proof)) as Played['proof']

/** What the random battles covered, so that a test of nothing does not pass. */
function makeTally() {
  const seen = {
    tied: 0,
    long: 0,
    wonByBots: 0,
    kept: 0,
    inMoney: 0,
    boxes: new Set<number>(),
    seats: new Set<number>(),
  }
  const add = (
    { boxes, rounds, seats, asset, limited = [] }: Played['proof'],
    { ties, winners, payouts }: Recomputed,
  ) => {
    seen.kept += Number(limited.some(({ reserved }) => reserved > 0))
    seen.inMoney += Number(payouts.some((payout) => payout.asset === asset))
    seen.tied += Number(ties.length > 0)
    seen.long += Number(rounds.length === 50)
    seen.wonByBots += Number(seats[winners[0]!]!.bot)
    seen.boxes.add(boxes.length)
    seen.seats.add(seats.length)
  }
  return { seen, add }
}

/** A battle whose draws have so many outcomes that two of them do not come out alike by chance. */
function wide(): Played {
  const prizes = Array.from({ length: 500 }, (_, i) => ({
    ...PLAIN_BOX.prizes[0]!,
    sku: `thing-${i}`,
    value: toAmount(BigInt(i)),
    weight: 1,
  }))
  const box = { ...PLAIN_BOX, prizes }
  return play(makeDice(7), { boxes: Array.from({ length: 10 }, () => box), seats: 3, bots: new Set([1]) })
}

/** `hex` with one bit of the byte at `index` changed. */
function flipped(hex: string, index: number): string {
  const bytes = hexToBytes(hex)
  bytes[index]! ^= 1 << (index % 8)
  return bytesToHex(bytes)
}

describe('a stranger with the page', () => {
  it(`computes ${BATTLES} random battles as the program does`, { timeout: 60_000 }, () => {
    const dice = makeDice(20_240_229)
    const { seen, add } = makeTally()
    for (let index = 0; index < BATTLES; index++) {
      const played = play(dice, planOf(dice))
      const got = recompute(played.proof)
      add(played.proof, got)
      const [our, their] = [ours(played), theirs(played, got)]
      if (our !== their) expect(JSON.parse(their), JSON.stringify(played.proof)).toEqual(JSON.parse(our))
      if (index % VERIFY_EVERY > 0) continue
      const { stages } = verifyBattle(overJson(withResults(played.proof, got)))
      expect(stages.filter(({ ok }) => !ok)).toEqual([])
    }
    expect(seen.tied).toBeGreaterThan(BATTLES / 4)
    expect(seen.long).toBeGreaterThan(BATTLES / 200)
    expect(seen.wonByBots).toBeGreaterThan(BATTLES / 10)
    expect(seen.kept).toBeGreaterThan(BATTLES / 20)
    expect(seen.inMoney).toBeGreaterThan(BATTLES / 20)
    expect([seen.boxes.size, seen.seats.size]).toEqual([8, 5])
  })

  it('draws the same numbers below any n, also where many words are rejected', () => {
    const dice = makeDice(31)
    const { proof } = wide()
    const { battle, mode, serverSeed, seats, entropy } = proof
    const shared = { battle, mode, clientSeeds: seats.map(({ clientSeed }) => clientSeed), entropy: entropy.value }
    const edges = [1n, 2n, 2n ** 48n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 63n + 1n, 2n ** 64n - 1n, 2n ** 64n]
    const urn = urnOf(proof)
    for (let round = 0; round < 2_000; round++) {
      const random = ((BigInt(dice(2 ** 32)) << 32n) | BigInt(dice(2 ** 32))) >> BigInt(dice(64))
      const n = dice(2) === 0 ? edges[dice(edges.length)]! : random + 1n
      const [seat, draw] = [dice(6), dice(3)]
      expect(drawn(urn, round, seat, draw, n)).toBe(drawBelow(serverSeed, { ...shared, round, seat, draw }, n))
    }
  })

  it('holds the same values of a chain valid, up to the longest chain', () => {
    const long = makeChain('c5'.repeat(32), 2 ** 18)
    const rounds = [0, 1, 255, 256, 4_000]
    const both = (round: number, value: string, anchor = long.head) => [
      chainHolds({ source: 'chain:test', round, value, anchor }),
      verifyChainValue(anchor, round, value),
    ]
    for (const of of rounds) {
      for (const round of [...rounds, -1, 0.5]) {
        expect(both(round, chainValue(long, of))).toEqual([round === of, round === of])
      }
    }
    const first = 'c5'.repeat(32)
    expect(both(2 ** 18 - 1, first)).toEqual([true, true])
    expect(both(2 ** 18, first, bytesToHex(sha256(hexToBytes(long.head))))).toEqual([false, false])
  })
})

describe('one changed byte', () => {
  const played = wide()
  const { proof, result } = played
  const changes: Record<string, (index: number) => Played['proof']> = {
    'of the server seed': (index) => ({ ...proof, serverSeed: flipped(proof.serverSeed, index) }),
    'of the public value': (index) => ({
      ...proof,
      entropy: { ...proof.entropy, value: flipped(proof.entropy.value, index) },
    }),
    ...Object.fromEntries(
      proof.seats.map((seat, at) => [
        `of the client seed of seat ${at}`,
        (index: number) => ({
          ...proof,
          seats: proof.seats.with(at, { ...seat, clientSeed: flipped(seat.clientSeed, index) }),
        }),
      ]),
    ),
  }

  it('is none: unchanged, both agree', () => {
    expect(theirs(played, recompute(proof))).toBe(ours(played))
  })

  for (const [where, change] of Object.entries(changes)) {
    it(`${where} sets the two apart, wherever it stands`, () => {
      for (let index = 0; index < 32; index++) {
        const changed = change(index)
        const got = recompute(changed)
        const drops = got.drops.map(({ sku }) => sku)
        const before = proof.drops.map(({ sku }) => sku)
        expect(drops.filter((sku, at) => sku === before[at]).length).toBeLessThan(6)
        expect(got.totals).not.toEqual(result.totals)
        expect(verifyBattle(changed).stages.find(({ name }) => name === 'game')!.ok).toBe(false)
        expect(got.seedHash === proof.seedHash).toBe(changed.serverSeed === proof.serverSeed)
        expect(got.chainHolds).toBe(changed.entropy.value === proof.entropy.value)
      }
    })
  }
})
