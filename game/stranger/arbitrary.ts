/** Random battles played by the program, for the second implementation to be held against. All from one seed. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { toAmount } from '../../schema/amount.ts'
import { itemAsset, PLAY_CREDIT, toAsset, type AssetId } from '../../schema/asset.ts'
import { rarities, type Box } from '../../schema/box.ts'
import type { BattleProof } from '../../schema/http.ts'
import { accepted } from '../battle/arbitrary.ts'
import { createBattle } from '../battle/create.ts'
import { resolve } from '../battle/draw.ts'
import { proofOf } from '../battle/proof.ts'
import { drawn } from '../battle/reveal.ts'
import { callBot, join } from '../battle/seat.ts'
import { settle } from '../battle/settle.ts'
import type { Result } from '../battle/state.ts'
import { chainValue, makeChain } from '../fairness/chain.ts'
import { hashSeed } from '../fairness/seed.ts'
import type { Published } from './battle.ts'

/** A settled battle as it is published, and what the program made of it. */
export type Played = { proof: BattleProof & Published; result: Result }

/** Numbers below n (at most 2^32) that look random and are the same for the same seed (Marsaglia's xorshift on 32 bits). */
export type Dice = (n: number) => number

export function makeDice(seed: number): Dice {
  let state = seed
  return (n) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % n
  }
}

const hex32 = (dice: Dice): string => bytesToHex(Uint8Array.from({ length: 32 }, () => dice(256)))

const USD = toAsset('USD')
const chain = makeChain('c4'.repeat(32), 40)
const DUE_MS = 10_000
const LATE_MS = 1_000_000

/** Pieces of names: all that JSON escapes, its neighbours that it leaves alone, and what is long or broken in UTF-8. */
const PIECES = [
  ['a', 'Z', '7', ' ', '"', '\\', '/', '\b', '\t', '\n', '\f', '\r', '\u0000', '\u0001', '\u000b', '\u001f'],
  ['\u007f', '\u0080', 'º', 'é', 'e\u0301', '✦', '字', '🎲'],
  ['\u2028', '\u2029', '\ufeff', '\uffff', '\ud800', '\udfff'],
].flat()

const text = (dice: Dice): string => Array.from({ length: dice(5) }, () => PIECES[dice(PIECES.length)]!).join('')

/** Small weights, so that prizes vary; sometimes large ones, up to a sum of 2^48. */
function weightOf(dice: Dice): number {
  if (dice(4) > 0) return 1 + dice(9)
  return 1 + dice(2 ** 20) * 2 ** 28 + dice(2 ** 28)
}

/** Boxes share skus under different values, and values are few: seats are often level. */
function boxOf(dice: Dice, id: number, asset: AssetId, coarse: boolean): Box {
  const prizes = Array.from({ length: 1 + dice(4) }, (_, index) => ({
    sku: `thing-${(id + index) % 7}`,
    name: text(dice),
    rarity: rarities[dice(rarities.length)]!,
    value: toAmount(coarse ? BigInt(dice(3) * 100) : BigInt(dice(2 ** 31)) * BigInt(1 + dice(2 ** 16))),
    weight: weightOf(dice),
  }))
  const heavy = prizes.reduce((sum, { weight }) => sum + weight, 0) > 2 ** 48
  const weighed = heavy ? prizes.map((prize) => ({ ...prize, weight: Math.ceil(prize.weight / 8) })) : prizes
  return {
    id: `box-${id}`,
    version: dice(99),
    name: text(dice),
    asset,
    price: toAmount(BigInt(1 + dice(9_999))),
    prizes: weighed,
  }
}

function roundsOf(dice: Dice): number {
  if (dice(100) === 0) return 50
  return 1 + Math.min(dice(6), dice(6))
}

/** What a battle is to be: `boxes` one a round, `bots` the seats taken by bots, `limited` the skus with so many of each in stock. */
export type Plan = { boxes: Box[]; seats: number; bots: ReadonlySet<number>; limited?: ReadonlyMap<string, bigint> }

/** Up to 8 boxes, 1–6 rounds (rather few; one battle in a hundred has 50), 2–6 seats, a third of the later ones bots'. */
export function planOf(dice: Dice): Plan {
  const asset = dice(2) === 0 ? PLAY_CREDIT : USD
  const coarse = dice(3) > 0
  const pool = Array.from({ length: 1 + dice(8) }, (_, id) => boxOf(dice, id, asset, coarse))
  const seats = 2 + dice(5)
  const bots = new Set(Array.from({ length: seats }, (_, seat) => seat).filter((seat) => seat > 0 && dice(3) === 0))
  const boxes = Array.from({ length: roundsOf(dice) }, () => pool[dice(pool.length)]!)
  if (dice(3) > 0) return { boxes, seats, bots }
  const skus = Array.from({ length: 1 + dice(4) }, () => `thing-${dice(7)}`)
  return { boxes, seats, bots, limited: new Map(skus.map((sku) => [sku, BigInt(dice(3) * dice(20))])) }
}

const uuid = (hex: string): string =>
  hex.slice(0, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-7$3-8$4-$5')

/** Plays a planned battle from its creation to its settlement, with seeds from the dice. */
export function play(dice: Dice, { boxes, seats, bots, limited = new Map() }: Plan): Played {
  const serverSeed = hex32(dice)
  const round = dice(chain.length)
  const inStock = new Map([...limited].map(([sku, count]) => [itemAsset(sku, boxes[0]!.asset), count]))
  const fix = { source: 'chain:test', round, due_ms: DUE_MS, anchor: chain.head, inStock }
  const entropyValue = chainValue(chain, round)
  const options = { id: uuid(hex32(dice)), tenant: 'main', mode: 'standard' as const, unlisted: false, sealedSeed: '' }
  const creator = { user: 'user-0', name: '', clientSeed: hex32(dice) }
  const times = { wait_ms: 5_000, reveal_ms: 1 }
  const committed = { seedHash: hashSeed(serverSeed), limited: [...limited.keys()] }
  let { battle } = accepted(createBattle({ ...options, ...times, ...committed, boxes, seats, creator }, 0))
  for (let seat = 1; seat < seats; seat++) {
    const player = { seat, user: `user-${seat}`, name: '', clientSeed: hex32(dice) }
    const taken = bots.has(seat) ? callBot(battle, { seat, by: creator.user }, 1, fix) : join(battle, player, 1, fix)
    battle = accepted(taken).battle
  }
  battle = accepted(drawn(battle, { entropyValue }, DUE_MS)).battle
  const result = resolve(battle, { serverSeed, entropyValue })
  battle = accepted(settle(battle, { serverSeed, result }, LATE_MS)).battle
  return { proof: proofOf(battle) as Played['proof'], result }
}
