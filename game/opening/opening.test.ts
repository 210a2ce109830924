import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { itemAsset, PLAY_CREDIT } from '../../schema/asset.ts'
import { hashBox } from '../../schema/box.ts'
import type { OpeningOpened } from '../../schema/opening.ts'
import { ledgerSums } from '../../test/transfers.ts'
import { PLAIN_BOX } from '../battle/plain-box.ts'
import { chiSquared, tally } from '../fairness/chi-squared.ts'
import { hashSeed } from '../fairness/seed.ts'
import { drawOpening, openingUrn } from './draw.ts'
import { openBoxes } from './open.ts'
import { openingProofOf } from './proof.ts'
import { beginPair, firstSeeds, isBegun } from './seeds.ts'
import { seedsFromJson, seedsToJson, type Decision, type SealedSeed, type Seeds } from './state.ts'
import { verifyOpening } from './verify.ts'

const hex = (n: number) => n.toString(16).padStart(64, '0')
const sealed = (n: number): SealedSeed => ({ id: `pair-${n}`, seedHash: hashSeed(hex(n)), sealed: `sealed ${n}` })
const boxHash = hashBox(PLAIN_BOX)
const user = 'u'

function accepted(decision: Decision) {
  if (!decision.ok) throw new Error(`${decision.code} ${JSON.stringify(decision.details)}`)
  return decision
}

/** A user whose pair 1 is in use with client seed 100. */
function player(): Seeds {
  const { seeds } = firstSeeds({ user, tenant: 'main' }, sealed(1))
  return accepted(
    beginPair(seeds, { seeds: 'pair-1', clientSeed: hex(100) }, { serverSeed: null, following: sealed(2) }),
  ).seeds
}

const opening = (count: number, free = new Map()) => ({
  id: 'o',
  box: PLAIN_BOX,
  boxHash,
  count,
  serverSeed: hex(1),
  free,
  taken: [],
})
const open = (seeds: Seeds, count: number) => openBoxes(seeds, opening(count))
const openedIn = (decision: Decision) => accepted(decision).effects.events[0]!.payload as OpeningOpened

describe('seeds', () => {
  test('the next server seed is committed to before the client seed it meets, and the last one is revealed', () => {
    const first = firstSeeds({ user, tenant: 'main' }, sealed(1))
    expect(first.effects.events.map(({ payload }) => payload)).toEqual([
      { user, current: null, next: { seeds: 'pair-1', seedHash: hashSeed(hex(1)) } },
    ])
    expect(open(first.seeds, 1)).toMatchObject({ ok: false, code: 'seeds/unknown' })
    const used = accepted(open(player(), 3)).seeds
    const wanted = { seeds: 'pair-2', clientSeed: hex(101) }
    const { seeds, effects } = accepted(beginPair(used, wanted, { serverSeed: hex(1), following: sealed(3) }))
    expect(effects.events.map(({ type, payload }) => [type, payload])).toEqual([
      [
        'seeds.rotated',
        { user, seeds: 'pair-1', seedHash: hashSeed(hex(1)), serverSeed: hex(1), clientSeed: hex(100), nonces: 3 },
      ],
      [
        'seeds.committed',
        {
          user,
          current: { seeds: 'pair-2', seedHash: hashSeed(hex(2)), clientSeed: hex(101) },
          next: { seeds: 'pair-3', seedHash: hashSeed(hex(3)) },
        },
      ],
    ])
    expect(isBegun(seeds, wanted)).toBe(true)
    expect(isBegun(seeds, { ...wanted, clientSeed: hex(102) })).toBe(false)
    expect(seedsFromJson(seedsToJson(seeds))).toEqual(seeds)
  })

  test('only the pair whose hash was told can be begun, with a client seed that was not known when it was chosen', () => {
    const fresh = { serverSeed: hex(1), following: sealed(3) }
    const refused = (seeds: string, clientSeed: string) => beginPair(player(), { seeds, clientSeed }, fresh)
    expect(refused('pair-1', hex(101))).toMatchObject({ code: 'seeds/unknown', details: { next: 'pair-2' } })
    expect(refused('pair-2', hex(100))).toMatchObject({ code: 'request/invalid' })
    for (const seed of ['', hex(101).slice(1), hex(255).toUpperCase(), `${hex(1)}0`])
      expect(refused('pair-2', seed)).toMatchObject({ code: 'request/invalid' })
  })
})

describe('an opening', () => {
  test('moves price, items and what was wagered, takes one nonce a box, and verifies once its seed is revealed', () => {
    const first = accepted(open(player(), 2))
    const second = accepted(open(first.seeds, 98))
    const [one, two] = [first, second].map(openedIn)
    expect([...one!.drops, ...two!.drops].map(({ nonce }) => nonce)).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect(second.seeds.current!.nonce).toBe(100)
    expect(two!.price).toBe(`${98 * 250}`)
    const items = two!.payouts.reduce((total, { amount }) => total + Number(amount), 0)
    expect(items).toBe(98)
    expect(ledgerSums(second.effects.transfers)).toMatchObject({
      'user:u play:CREDIT': -24_500n,
      'house:main play:CREDIT': 24_500n,
      'wagered:user:u play:wagered:CREDIT': 24_500n,
    })
    const proof = openingProofOf(two!, PLAIN_BOX, hex(1))
    const noted = { seedHash: hashSeed(hex(1)), clientSeed: hex(100), boxHash, nonce: 2 }
    expect(verifyOpening(proof, noted)).toMatchObject({ ok: true })
    expect(verifyOpening(openingProofOf(two!, PLAIN_BOX, null)).stages.map(({ ok }) => ok)).toEqual([
      false,
      true,
      false,
      true,
    ])
  })

  test('what the stock lacks is paid at its value, what it has comes out of it', () => {
    const [pebble, comet] = [itemAsset('pebble', PLAY_CREDIT), itemAsset('comet', PLAY_CREDIT)]
    const decision = openBoxes(
      player(),
      opening(
        100,
        new Map([
          [pebble, 5n],
          [comet, 0n],
        ]),
      ),
    )
    const { drops, payouts } = openedIn(decision)
    const bought = drops.filter(({ bought: isBought }) => isBought)
    expect(drops.filter(({ sku, bought: isBought }) => sku === 'pebble' && !isBought)).toHaveLength(5)
    expect(bought.length).toBeGreaterThan(0)
    const worth = bought.reduce((total, { value }) => total + Number(value), 0)
    expect(payouts.at(-1)).toEqual({ asset: PLAY_CREDIT, amount: `${worth}` })
    expect(ledgerSums(accepted(decision).effects.transfers)).toMatchObject({ [`stock:items ${pebble}`]: -5n })
    expect(verifyOpening(openingProofOf(openedIn(decision), PLAIN_BOX, hex(1))).ok).toBe(true)
  })

  test('a proof in which anything is changed fails in the stage it concerns', () => {
    const proof = openingProofOf(openedIn(open(player(), 5)), PLAIN_BOX, hex(1))
    const fails = (changed: object, noted = {}) =>
      verifyOpening({ ...proof, ...changed }, noted)
        .stages.filter(({ ok }) => !ok)
        .map(({ name }) => name)
    expect(fails({})).toEqual([])
    expect(fails({ serverSeed: hex(7) })).toContain('seed')
    expect(fails({ algorithm: 'rollingdrop/opening/2' })).toEqual(['seed'])
    expect(fails({}, { seedHash: hex(1) })).toEqual(['seed'])
    expect(fails({}, { clientSeed: hex(1) })).toEqual(['randomness'])
    expect(fails({}, { boxHash: hex(1) })).toEqual(['randomness'])
    expect(fails({}, { nonce: 1 })).toEqual(['randomness'])
    expect(fails({ box: { ...proof.box, price: '251' } })).toEqual(['randomness', 'payout'])
    expect(fails({ drops: proof.drops.toReversed() })).toContain('randomness')
    expect(fails({ user: 'v' })).toContain('game')
    expect(fails({ price: '1' })).toEqual(['payout'])
    expect(fails({ payouts: [] })).toEqual(['payout'])
    expect(fails({ drops: [] })).toEqual(['randomness', 'payout'])
    expect(fails({ box: { ...proof.box, prizes: [] } })).toContain('randomness')
  })

  test('gives every prize as often as its weight says', () => {
    const urn = openingUrn(hex(1), { user, boxHash, clientSeed: hex(100) })
    const draws = 100_000
    const counts = tally(
      Array.from({ length: draws }, (_, nonce) => drawOpening(urn, nonce, PLAIN_BOX)),
      3,
    )
    expect(
      chiSquared(
        counts,
        PLAIN_BOX.prizes.map(({ weight }) => (draws * weight) / 100),
      ).fair,
    ).toBe(true)
  })

  test('any sequence of openings with any counts keeps all sums', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 8 }), (counts) => {
        let seeds = player()
        for (const count of counts) {
          const decision = accepted(open(seeds, count))
          const perAsset = new Map<string, bigint>()
          for (const [account, sum] of Object.entries(ledgerSums(decision.effects.transfers))) {
            const asset = account.split(' ')[1]!
            perAsset.set(asset, (perAsset.get(asset) ?? 0n) + sum)
          }
          expect([...perAsset.values()].every((sum) => sum === 0n)).toBe(true)
          expect(decision.effects.transfers.every(({ amount }) => amount > 0n)).toBe(true)
          seeds = decision.seeds
        }
        expect(seeds.current!.nonce).toBe(counts.reduce((total, count) => total + count, 0))
      }),
      { numRuns: 30 },
    )
  })
})
