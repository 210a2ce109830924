import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import { hashBox, weightSum, type Box, type Prize } from '../../schema/box.ts'
import type { BattleProof } from '../../schema/http.ts'
import { toCanonicalJson } from '../../schema/json.ts'
import { createBattle } from '../battle/create.ts'
import { resolve } from '../battle/draw.ts'
import { proofOf } from '../battle/proof.ts'
import { boxOf } from '../battle/pull.ts'
import { drawn } from '../battle/reveal.ts'
import { callBot, join } from '../battle/seat.ts'
import { settle } from '../battle/settle.ts'
import type { Battle, Decision } from '../battle/state.ts'
import { chainValue, fixEntropy, makeChain, type EntropyFix } from './chain.ts'
import { boxesHash } from './commitment.ts'
import { drawBelow, drawWords } from './draw.ts'
import { ALGORITHM, encodeLine, lengthPrefixed, u32, type DrawLine } from './line.ts'
import { botSeed, hashSeed } from './seed.ts'

// Builds what vectors.json holds: worked examples for whoever writes the algorithm again. A test holds the file to it;
// UPDATE_VECTORS=1 in its environment writes the file anew.

const BATTLE = '01890a5d-ac96-774b-bcce-b302099a8057'
const SERVER_SEED = bytesToHex(Uint8Array.from({ length: 32 }, (_, i) => i))
const chain = makeChain('cc'.repeat(32), 8)
const schedule = { id: 'example', head: chain.head, length: 8, starts_at_ms: 10_000, period_ms: 1_000 }

const prize = (sku: string, name: string, rarity: Prize['rarity'], value: bigint, weight: number): Prize => ({
  sku,
  name,
  rarity,
  value: toAmount(value),
  weight,
})

const tin: Box = {
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
const chest: Box = {
  id: 'chest',
  version: 3,
  name: 'Chest',
  asset: PLAY_CREDIT,
  price: toAmount(1_000n),
  prizes: [prize('coin', 'Coin', 'uncommon', 900n, 2 ** 40), prize('crown', 'Crown', 'epic', 1_200n, 3)],
}
const twins: Box = { ...tin, id: 'twins', prizes: [prize('pebble', 'Pebble', 'common', 50n, 1)] }

/** Everything vectors.json holds, as plain JSON. */
export function buildVectors() {
  const vectors = {
    algorithm: ALGORITHM,
    serverSeed: { seed: SERVER_SEED, hash: hashSeed(SERVER_SEED) },
    botSeeds: [1, 5].map(botVector),
    lines: [lineVector(line(0, 1, 0), 0), lineVector(line(2, 0, 1), 7)],
    draws: drawVectors(),
    boxes: [tin, chest].map((box) => ({ canonicalJson: toCanonicalJson(box), hash: hashBox(box) })),
    commitment: commitmentVector([tin, chest], [0, 1, 0]),
    chain: { seed: 'cc'.repeat(32), ...schedule, values: Array.from({ length: 8 }, (_, r) => chainValue(chain, r)) },
    battles: [
      battleVector('two players, three rounds', [tin, chest, tin], ['ann', 'bob']),
      battleVector('three seats level at the top, one a bot', [twins, twins], ['ann', 'bob', null]),
    ],
    knownBad: knownBad(),
  }
  return JSON.parse(JSON.stringify(vectors)) as typeof vectors
}

/** The client seed of a player of these examples. */
const clientSeed = (user: string) => bytesToHex(sha256(utf8ToBytes(user)))

function line(round: number, seat: number, draw: number): DrawLine {
  const clientSeeds = [clientSeed('ann'), clientSeed('bob')]
  return { battle: BATTLE, mode: 'standard', clientSeeds, entropy: chainValue(chain, 2), round, seat, draw }
}

function botVector(seat: number) {
  const bytes = bytesToHex(lengthPrefixed([utf8ToBytes(BATTLE), u32(seat)]))
  return { battle: BATTLE, seat, bytes, seed: botSeed(BATTLE, seat) }
}

function lineVector(fields: DrawLine, block: number) {
  const bytes = encodeLine(fields, block)
  const mac = bytesToHex(hmac(sha256, hexToBytes(SERVER_SEED), bytes))
  return { ...fields, block, bytes: bytesToHex(bytes), mac, words: drawWords(SERVER_SEED, fields, block).map(String) }
}

/** A plain draw, one whose first word is rejected, one that rejects a whole block, and one of all 64 bits. */
function drawVectors() {
  const worst = 2n ** 63n + 1n
  const rejects = (round: number, count: number) =>
    drawWords(SERVER_SEED, line(round, 0, 0), 0)
      .slice(0, count)
      .every((word) => word >= worst)
  const find = (count: number) => Array.from({ length: 1_000 }, (_, round) => round).find((r) => rejects(r, count))!
  return [drawVector(0, 100n), drawVector(find(1), worst), drawVector(find(4), worst), drawVector(0, 2n ** 64n)]
}

function drawVector(round: number, n: bigint) {
  const fields = line(round, 0, 0)
  const bound = 2n ** 64n - (2n ** 64n % n)
  const blocks: string[][] = []
  do blocks.push(drawWords(SERVER_SEED, fields, blocks.length).map(String))
  while (blocks.at(-1)!.every((word) => BigInt(word) >= bound))
  const drawn = drawBelow(SERVER_SEED, fields, n)
  return { round, seat: 0, draw: 0, n: `${n}`, bound: `${bound}`, blocks, drawn: `${drawn}` }
}

function commitmentVector(boxes: Box[], rounds: number[]) {
  const commitment = { rounds, mode: 'standard', boxes: boxes.map(hashBox), algorithm: ALGORITHM }
  return { canonicalJson: toCanonicalJson(commitment), hash: boxesHash(boxes, rounds, 'standard') }
}

/** A settled battle of these players (null is a bot), as the state machine plays it. */
function play(boxes: readonly Box[], users: readonly (string | null)[], serverSeed = SERVER_SEED): Battle {
  const entropy = fixEntropy(schedule, 11_000)!
  const [creator, ...others] = users
  const first = { user: creator!, name: '', clientSeed: clientSeed(creator!) }
  const options = { id: BATTLE, tenant: 'main', mode: 'standard' as const, seats: users.length, unlisted: false }
  const seed = { seedHash: hashSeed(serverSeed), sealedSeed: '', wait_ms: 60_000, reveal_ms: 1_000 }
  let battle = after(createBattle({ ...options, ...seed, boxes, creator: first }, 10_500))
  for (const [index, user] of others.entries()) battle = after(take(battle, index + 1, user, entropy))
  battle = after(drawn(battle, { entropyValue: chainValue(chain, entropy.round) }, entropy.due_ms))
  return after(settle(battle, { serverSeed, result: resultOf(battle, serverSeed) }, 99_000))
}

function take(battle: Battle, seat: number, user: string | null, entropy: EntropyFix): Decision {
  if (user === null) return callBot(battle, { seat, by: battle.creator }, 11_000, entropy)
  return join(battle, { seat, user, name: '', clientSeed: clientSeed(user) }, 11_000, entropy)
}

function after(decision: Decision): Battle {
  if (!decision.ok) throw new Error(`the example was refused: ${decision.code}`)
  return decision.battle
}

function resultOf(battle: Battle, serverSeed: string) {
  return resolve(battle, { serverSeed, entropyValue: battle.entropy!.value! })
}

function battleVector(name: string, boxes: readonly Box[], users: readonly (string | null)[]) {
  const battle = play(boxes, users)
  const fields = { battle: battle.id, mode: battle.mode, clientSeeds: battle.seats.map((seat) => seat!.clientSeed) }
  const number = (round: number, seat: number, draw: number, n: bigint) =>
    drawBelow(SERVER_SEED, { ...fields, entropy: battle.entropy!.value!, round, seat, draw }, n).toString()
  const { pulls, totals, pot } = battle.result!
  const sum = (round: number) => BigInt(weightSum(boxOf(battle, round)))
  const tickets = pulls.map(({ round, seat, prize }) => ({
    round,
    seat,
    prize,
    ticket: number(round, seat, 0, sum(round)),
  }))
  const level = totals.flatMap((total, seat) => (total === totals.toSorted(descending)[0] ? [seat] : []))
  const tieNumbers =
    level.length < 2 ? [] : level.map((seat) => ({ seat, number: number(boxes.length, seat, 1, 2n ** 64n) }))
  return { name, proof: proofOf(battle), tickets, totals: totals.map(String), pot: `${pot}`, tieNumbers }
}

const descending = (a: bigint, b: bigint) => (a > b ? -1 : 1)

/** Ways to cheat or to get it wrong. Each names the stages at which `verifyBattle(proof, noted)` must fail. */
function knownBad() {
  const honest = play([tin, chest, tin], ['ann', 'bob'])
  const withBot = play([tin, chest, tin], ['ann', null])
  const noted = { seedHash: honest.seedHash }
  return {
    floatModulo: ['f'.repeat(15), hashSeed(SERVER_SEED).slice(0, 15)].map((digits) => ({
      digits,
      skewed: Number.parseInt(digits, 16) % 100_000,
      exact: Number(BigInt(`0x${digits}`) % 100_000n),
    })),
    drawnFromThePublishedHash: { proof: withResult(honest, honest.seedHash), noted, fails: ['game'] },
    serverSeedChosenAfterTheClientSeeds: { proof: proofOf(lateSeed()), noted, fails: ['seed'] },
    botSeedChosen: { proof: chosenBotSeed(withBot), noted, fails: ['randomness'] },
    weightsChanged: { proof: heavierPebble(proofOf(honest)), noted, fails: ['randomness'] },
  }
}

/** The battle with the draws and payouts that another key gives. */
function withResult(battle: Battle, key: string): BattleProof {
  return proofOf({ ...battle, result: resultOf(battle, key) })
}

/** The house tries server seeds, the client seeds known, until seat 1 wins: consistent in itself, not with the promise. */
function lateSeed(): Battle {
  for (let i = 0; ; i++) {
    const battle = play([tin, chest, tin], ['ann', 'bob'], clientSeed(`late ${i}`))
    if (battle.result!.winners[0] === 1) return battle
  }
}

/** The house tries seeds for its bot until the bot wins. */
function chosenBotSeed(battle: Battle): BattleProof {
  for (let i = 0; ; i++) {
    const seats = battle.seats.with(1, { ...battle.seats[1]!, clientSeed: clientSeed(`chosen ${i}`) })
    const chosen = { ...battle, seats }
    if (resultOf(chosen, SERVER_SEED).winners[0] === 1) return withResult(chosen, SERVER_SEED)
  }
}

function heavierPebble(proof: BattleProof): BattleProof {
  const [first, ...boxes] = proof.boxes
  const [pebble, ...prizes] = first!.prizes
  return { ...proof, boxes: [{ ...first!, prizes: [{ ...pebble!, weight: pebble!.weight + 1 }, ...prizes] }, ...boxes] }
}
