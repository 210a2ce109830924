/** Openings of the program held against the implementation written from game/fairness.md alone, and the page's own example. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { toAmount } from '../../schema/amount.ts'
import { itemAsset, toAsset, type AssetId } from '../../schema/asset.ts'
import { hashBox, type Box } from '../../schema/box.ts'
import type { OpeningOpened } from '../../schema/opening.ts'
import { hashSeed } from '../fairness/seed.ts'
import { openBoxes } from '../opening/open.ts'
import { openingProofOf } from '../opening/proof.ts'
import type { Seeds } from '../opening/state.ts'
import { verifyOpening } from '../opening/verify.ts'
import { makeDice, type Dice } from './arbitrary.ts'
import { openingDrawn, openingLine, recomputeOpening, type PublishedOpening } from './opening.ts'

const OPENINGS = 3_000

const hex32 = (dice: Dice): string => bytesToHex(Uint8Array.from({ length: 32 }, () => dice(256)))

function boxOf(dice: Dice): Box {
  const prizes = Array.from({ length: 1 + dice(6) }, (_, i) => ({
    sku: `s${i}`,
    name: ['Pebble', 'Marble ✦', '"quoted"\n', 'naïve \u{1f600}'][dice(4)]!,
    rarity: 'common' as const,
    value: toAmount(BigInt(dice(5_000))),
    weight: dice(2) ? 1 + dice(100) : 1 + dice(2 ** 32) * 2 ** 12,
  }))
  const asset = toAsset(['play:CREDIT', 'USD'][dice(2)]!)
  return { id: 'b', version: 1 + dice(9), name: 'Box', asset, price: toAmount(BigInt(1 + dice(1_000))), prizes }
}

/** An opening by the program, as it is published. */
function opened(dice: Dice) {
  const box = boxOf(dice)
  const [serverSeed, clientSeed] = [hex32(dice), hex32(dice)]
  const pair = {
    id: 'p',
    seedHash: hashSeed(serverSeed),
    sealed: '',
    clientSeed,
    nonce: dice(2) ? dice(1_000) : dice(2 ** 31),
  }
  const seeds: Seeds = {
    pairs: 1,
    user: `u${dice(99)}`,
    tenant: 'main',
    next: pair,
    current: pair,
    last: null,
  }
  const limited = box.prizes.filter(() => dice(4) === 0).map(({ sku }) => itemAsset(sku, box.asset))
  const free = new Map<AssetId, bigint>(limited.map((asset) => [asset, BigInt(dice(3))]))
  const opening = { id: 'o', box, boxHash: hashBox(box), count: 1 + dice(20), serverSeed, free, taken: [] }
  const decision = openBoxes(seeds, opening)
  if (!decision.ok) throw new Error(decision.code)
  return openingProofOf(decision.effects.events[0]!.payload as OpeningOpened, box, serverSeed)
}

describe('a second implementation', () => {
  test(`agrees with the program on ${OPENINGS} random openings, drop for drop and unit for unit`, () => {
    const dice = makeDice(20_260_131)
    let bought = 0
    for (let i = 0; i < OPENINGS; i++) {
      const proof = opened(dice)
      const got = recomputeOpening(proof as PublishedOpening)
      const { seedHash, boxHash, price, payouts } = proof
      const drops = proof.drops.map(({ nonce, sku, value }) => ({ nonce, sku, value }))
      expect({ ...got, tickets: [] }).toEqual({ seedHash, boxHash, price, payouts, drops, tickets: [] })
      if (i % 50 === 0) expect(verifyOpening(proof).ok).toBe(true)
      bought += proof.drops.filter((drop) => drop.bought).length
    }
    expect(bought).toBeGreaterThan(100)
  })
})

test('the example of the page', () => {
  const tin = {
    asset: 'play:CREDIT',
    id: 'tin',
    name: 'Tin "Nº 1"\n\u0001',
    price: '250',
    version: 1,
    prizes: [
      { name: 'Pebble', rarity: 'common', sku: 'pebble', value: '50', weight: 70 },
      { name: 'Marble ✦', rarity: 'rare', sku: 'marble', value: '400', weight: 25 },
      { name: 'Comet', rarity: 'legendary', sku: 'comet', value: '2000', weight: 5 },
    ],
  }
  const example: PublishedOpening = {
    user: '01890a5d-ac96-774b-bcce-b302099a8001',
    serverSeed: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    clientSeed: '49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1',
    box: tin,
    drops: Array.from({ length: 12 }, (_, nonce) => ({ nonce, sku: '', value: '' })),
  }
  const line = openingLine(example, 0, 0)
  expect(line).toHaveLength(161)
  expect(bytesToHex(line).slice(0, 58)).toBe('00000015726f6c6c696e6764726f702f6f70656e696e672f3100000024')
  const got = recomputeOpening(example)
  expect(got.tickets.join(', ')).toBe('17, 15, 53, 46, 48, 54, 2, 51, 51, 77, 64, 86')
  expect(got.price).toBe('3000')
  expect(got.payouts.map(({ asset, amount }) => `${amount} ${asset}`)).toEqual([
    '10 play:item:pebble',
    '2 play:item:marble',
  ])
  expect(openingDrawn(example, 3, 9_223_372_036_854_775_809n)).toBe(2_085_319_579_214_499_141n)
})
