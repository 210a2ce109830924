import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import type { Box, Prize } from '../../schema/box.ts'
import { createBattle, type NewBattle } from '../battle/create.ts'
import { resolve } from '../battle/draw.ts'
import { drawn, type PublicValue } from '../battle/reveal.ts'
import { callBot, join } from '../battle/seat.ts'
import { settle } from '../battle/settle.ts'
import type { Battle, Decision } from '../battle/state.ts'
import { chainValue, fixEntropy, makeChain, type EntropyFix } from './chain.ts'
import { hashSeed } from './seed.ts'

// The battles that fairness.md and vectors.json speak of.

export const BATTLE = '01890a5d-ac96-774b-bcce-b302099a8057'
export const SERVER_SEED = bytesToHex(Uint8Array.from({ length: 32 }, (_, i) => i))
export const chain = makeChain('cc'.repeat(32), 8)
export const schedule = { id: 'example', head: chain.head, length: 8, starts_at_ms: 10_000, period_ms: 1_000 }

const prize = (sku: string, name: string, rarity: Prize['rarity'], value: bigint, weight: number): Prize => ({
  sku,
  name,
  rarity,
  value: toAmount(value),
  weight,
})

export const tin: Box = {
  id: 'tin',
  version: 1,
  name: 'Tin "Nº 1"\n\u0001',
  asset: PLAY_CREDIT,
  price: toAmount(250n),
  prizes: [
    prize('pebble', 'Pebble', 'common', 50n, 70),
    prize('marble', 'Marble ✦', 'rare', 400n, 25),
    prize('comet', 'Comet', 'legendary', 2_000n, 5),
  ],
}
export const chest: Box = {
  id: 'chest',
  version: 3,
  name: 'Chest',
  asset: PLAY_CREDIT,
  price: toAmount(1_000n),
  prizes: [prize('coin', 'Coin', 'uncommon', 900n, 2 ** 40), prize('crown', 'Crown', 'epic', 1_200n, 3)],
}
export const twins: Box = { ...tin, id: 'twins', prizes: [prize('pebble', 'Pebble', 'common', 50n, 1)] }

/** The client seed of a player of these examples. */
export const clientSeed = (user: string) => bytesToHex(sha256(utf8ToBytes(user)))

/** Who sits in a seat: a name, null for a bot, or a name with the percent it borrows. */
export type Sitting = string | null | readonly [user: string, borrow: number]

type Played = Readonly<{
  serverSeed?: string
  options?: Partial<NewBattle>
  entropy?: Readonly<{ fix: EntropyFix; value: PublicValue }>
}>

/** A settled battle of these players, as the state machine plays it. */
export function play(boxes: readonly Box[], sitting: readonly Sitting[], played: Played = {}): Battle {
  const { serverSeed = SERVER_SEED, options = {}, entropy = onChain() } = played
  const seats = sitting.map((who) => (typeof who === 'string' ? ([who, 0] as const) : who))
  const [first] = seats
  const creator = { user: first![0], name: '', clientSeed: clientSeed(first![0]), borrow: first![1] }
  const plain = { id: BATTLE, tenant: 'main', mode: 'standard' as const, seats: seats.length, unlisted: false }
  const seed = { seedHash: hashSeed(serverSeed), sealedSeed: '', wait_ms: 60_000, reveal_ms: 1_000 }
  const now_ms = entropy.fix.due_ms - 1_500
  let battle = after(createBattle({ ...plain, ...seed, ...options, boxes, creator }, now_ms))
  for (const [seat, who] of seats.entries()) {
    if (seat > 0) battle = after(take(battle, seat, who, { now_ms, fix: entropy.fix }))
  }
  battle = after(drawn(battle, entropy.value, entropy.fix.due_ms))
  return after(settle(battle, { serverSeed, result: resultOf(battle, serverSeed) }, Number.MAX_SAFE_INTEGER))
}

type Seated = readonly [user: string, borrow: number] | null

function take(
  battle: Battle,
  seat: number,
  who: Seated,
  { now_ms, fix }: { now_ms: number; fix: EntropyFix },
): Decision {
  if (who === null) return callBot(battle, { seat, by: battle.creator }, now_ms, fix)
  const [user, borrow] = who
  return join(battle, { seat, user, name: '', clientSeed: clientSeed(user), borrow }, now_ms, fix)
}

/** The public value of whoever starts at 11,000 ms. */
function onChain() {
  const fix = fixEntropy(schedule, 11_000)!
  return { fix, value: { entropyValue: chainValue(chain, fix.round) } }
}

function after(decision: Decision): Battle {
  if (!decision.ok) throw new Error(`the example was refused: ${decision.code}`)
  return decision.battle
}

export function resultOf(battle: Battle, serverSeed: string) {
  return resolve(battle, { serverSeed, entropyValue: battle.entropy!.value! })
}
