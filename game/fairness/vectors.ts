import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { hashBox, weightSum, type Box } from '../../schema/box.ts'
import type { BattleProof } from '../../schema/http.ts'
import { toCanonicalJson } from '../../schema/json.ts'
import { proofOf } from '../battle/proof.ts'
import { boxOf } from '../battle/pull.ts'
import type { Battle } from '../battle/state.ts'
import { chainValue } from './chain.ts'
import { boxesHash } from './commitment.ts'
import { drawBelow, drawWords } from './draw.ts'
import { BATTLE, chain, chest, clientSeed, play, resultOf, schedule, SERVER_SEED, tin, twins } from './example.ts'
import { ALGORITHM, encodeLine, lengthPrefixed, u32, type DrawLine } from './line.ts'
import { modeVectors } from './mode-vectors.ts'
import { openingVectors } from './opening-vectors.ts'
import { botSeed, hashSeed } from './seed.ts'

// Builds what vectors.json holds: worked examples for whoever writes the algorithm again. A test holds the file to it;
// UPDATE_VECTORS=1 in its environment writes the file anew.

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
    options: modeVectors(),
    solo: openingVectors(),
  }
  return JSON.parse(JSON.stringify(vectors)) as typeof vectors
}

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
    const battle = play([tin, chest, tin], ['ann', 'bob'], { serverSeed: clientSeed(`late ${i}`) })
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
