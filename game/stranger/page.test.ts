/** The examples game/fairness.md quotes, computed by the second implementation. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { botSeed, boxJson, chainHolds, drawn, line, recompute, urnOf } from './battle.ts'
import type { Box, Published } from './battle.ts'

const ANN = '49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1'
const BOB = '81b637d8fcd2c6da6359e6963113a1170de795e4b725b84d1e0b4cfd9ec58ce9'
const BATTLE = '01890a5d-ac96-774b-bcce-b302099a8057'
const HEAD = '9465820c5bd337dee282576b4b64f0484d451ec4855ecfaf24c7253a3501346a'
const ROUND_2 = '3087049eb4d180e44d740c5b822a769260accaca05d922e4f29fb50af2db41c3'

const TIN: Box = {
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
const CHEST: Box = {
  asset: 'play:CREDIT',
  id: 'chest',
  name: 'Chest',
  price: '1000',
  version: 3,
  prizes: [
    { name: 'Coin', rarity: 'uncommon', sku: 'coin', value: '900', weight: 2 ** 40 },
    { name: 'Crown', rarity: 'epic', sku: 'crown', value: '1200', weight: 3 },
  ],
}

const example: Published = {
  battle: BATTLE,
  mode: 'standard',
  asset: 'play:CREDIT',
  serverSeed: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  boxes: [TIN, CHEST],
  rounds: [0, 1, 0],
  seats: [ANN, BOB].map((clientSeed, seat) => ({ seat, clientSeed })),
  entropy: { source: 'chain:example', round: 2, value: ROUND_2, anchor: HEAD },
}

describe('the examples of the page', () => {
  test('canonical JSON, hashes, bot seed and chain', () => {
    expect(boxJson(TIN)).toBe(
      String.raw`{"asset":"play:CREDIT","id":"tin","name":"Tin \"Nº 1\"\n\u0001","price":"250","prizes":[{"name":"Pebble","rarity":"common","sku":"pebble","value":"50","weight":70},{"name":"Marble ✦","rarity":"rare","sku":"marble","value":"400","weight":25},{"name":"Comet","rarity":"legendary","sku":"comet","value":"2000","weight":5}],"version":1}`,
    )
    const got = recompute(example)
    expect(got.seedHash).toBe('630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd')
    expect(got.boxHashes).toEqual([
      '216d75d178daa0c5aa99ade477fe7a225e3ed62abcf551349c78c5fd1fcd433e',
      'f180670119e1aa4498eedad08dd02508d2a64a7275e4c98d048e780accb808ab',
    ])
    expect(got.boxesHash).toBe('edac1aa1463efabaac803beb9583c632909b99e8d5e6e43fa37a86e8a7bee20d')
    expect(got.price).toBe('1500')
    expect(got.chainHolds).toBe(true)
    expect(chainHolds({ ...example.entropy, round: 1 })).toBe(false)
    expect(botSeed(BATTLE, 1)).toBe('51a44a72885fdf968b57160f9cd0787d3a08c2f497256b7cfe976d69f33bdad7')
  })

  test('the line and the draws, with words rejected', () => {
    expect(bytesToHex(line(urnOf(example), 0, 1, 0, 0))).toBe(
      '00000014726f6c6c696e6764726f702f626174746c652f310000002430313839306135642d616339362d373734622d626363' +
        '652d623330323039396138303537000000087374616e646172640000004049915e0d7d4b402e3017d010bc1c0e83cac6c797' +
        'd6c16e66340fe3268693a6a181b637d8fcd2c6da6359e6963113a1170de795e4b725b84d1e0b4cfd9ec58ce9000000203087' +
        '049eb4d180e44d740c5b822a769260accaca05d922e4f29fb50af2db41c30000000400000000000000040000000100000004' +
        '000000000000000400000000',
    )
    expect(drawn(urnOf(example), 0, 0, 0, 100n)).toBe(30n)
    expect(drawn(urnOf(example), 5, 0, 0, 9_223_372_036_854_775_809n)).toBe(4_892_428_909_179_825_468n)
    expect(drawn(urnOf(example), 7, 0, 0, 9_223_372_036_854_775_809n)).toBe(6_622_764_638_561_718_436n)
    expect(drawn(urnOf(example), 0, 0, 0, 2n ** 64n)).toBe(9_150_392_146_373_130_930n)
  })

  test('the battle', () => {
    const got = recompute(example)
    expect(got.drops.map(({ ticket, sku }) => `${ticket} ${sku}`)).toEqual([
      '30 pebble',
      '89 marble',
      '298253617821 coin',
      '721363301185 coin',
      '3 pebble',
      '78 marble',
    ])
    expect([got.totals, got.pot, got.winners]).toEqual([[1000n, 1700n], 2700n, [1]])
    expect(got.payouts.map(({ seat, asset, amount }) => `${seat}: ${amount} ${asset}`)).toEqual([
      '1: 2 play:item:pebble',
      '1: 2 play:item:marble',
      '1: 2 play:item:coin',
    ])
  })

  test('the tie', () => {
    const only = { name: 'Only', rarity: 'common', sku: 'only', value: '50', weight: 1 }
    const seeds = [ANN, BOB, botSeed(BATTLE, 2)]
    expect(seeds[2]).toBe('751000c49765190ae5c4c2601ff0789bd63576f28ce6b45269ddd4123917f5ff')
    const got = recompute({
      ...example,
      boxes: [{ ...TIN, prizes: [only] }],
      rounds: [0, 0],
      seats: seeds.map((clientSeed, seat) => ({ seat, clientSeed })),
    })
    expect(got.totals).toEqual([100n, 100n, 100n])
    expect(got.ties).toEqual([
      { draw: 1, seat: 0, number: 10_227_753_652_102_103_534n },
      { draw: 1, seat: 1, number: 5_459_548_940_224_319_268n },
      { draw: 1, seat: 2, number: 5_968_334_204_487_333_317n },
    ])
    expect(got.winners).toEqual([0])
  })
})
