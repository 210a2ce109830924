import { sum } from '../../schema/amount.ts'
import { toAsset } from '../../schema/asset.ts'
import { boxFromJson, weightSum, WEIGHT_SUM_MAX, type Box } from '../../schema/box.ts'
import type { BattleProof } from '../../schema/http.ts'
import { verifyChainValue } from '../fairness/chain.ts'
import { boxesHash } from '../fairness/commitment.ts'
import { ALGORITHM } from '../fairness/line.ts'
import { botSeed, hashSeed, isHex32 } from '../fairness/seed.ts'
import { prizeOf, resolve, type Drawable } from './draw.ts'
import { modes } from './modes/table.ts'
import type { Result } from './state.ts'

export type StageName = 'seed' | 'randomness' | 'game' | 'payout'
export type Stage = Readonly<{ name: StageName; ok: boolean; detail: string }>
export type Verification = Readonly<{ stages: readonly Stage[]; ok: boolean }>

/** What somebody wrote down while the battle was still open. Where given, the proof must agree with it. */
export type Noted = Readonly<{
  seedHash?: string
  boxesHash?: string
  clientSeeds?: readonly Readonly<{ seat: number; clientSeed: string }>[]
  anchor?: string
  entropyRound?: number
}>

/**
 * Recomputes a battle from published data alone, in four stages: the server seed is the promised one; boxes, client
 * seeds and the public value are the ones fixed beforehand; every draw comes out the same; winners and payouts follow.
 * A proof shows only that its parts agree; that they were fixed in time, only what was `noted` then can show. Never
 * throws; an unfinished battle fails at what is not yet public. Costs at most 2^18 + about 1,000 hashes.
 */
export function verifyBattle(proof: BattleProof, noted: Noted = {}): Verification {
  const again = recompute(proof)
  const stages = [
    stage('seed', 'the server seed is the one promised beforehand', () => seedFault(proof, noted)),
    stage('randomness', 'boxes, client seeds and the public value are as fixed', () => randomnessFault(proof, noted)),
    stage('game', 'every draw comes out the same', () => gameFault(proof, again())),
    stage('payout', 'winners and payouts follow from the draws', () => payoutFault(proof, again())),
  ]
  return { stages, ok: stages.every(({ ok }) => ok) }
}

/** Runs one check. What is thrown while recomputing a malformed proof is that proof's fault. */
function stage(name: StageName, fine: string, check: () => string | undefined): Stage {
  try {
    const fault = check()
    return { name, ok: fault === undefined, detail: fault ?? fine }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { name, ok: false, detail: `cannot be recomputed: ${why}` }
  }
}

function seedFault({ seedHash, serverSeed }: BattleProof, noted: Noted): string | undefined {
  if (serverSeed === null) return 'the server seed is not public yet'
  if (hashSeed(serverSeed) !== seedHash) return 'the server seed does not have the promised hash'
  if (noted.seedHash !== undefined && noted.seedHash !== seedHash) return 'the promised hash was another one'
  return undefined
}

function randomnessFault(proof: BattleProof, noted: Noted): string | undefined {
  return boxesFault(proof, noted) ?? seatsFault(proof, noted) ?? entropyFault(proof, noted)
}

function boxesFault(proof: BattleProof, noted: Noted): string | undefined {
  const boxes = proof.boxes.map(boxFromJson)
  if (!boxes.every(canBeDrawn)) return 'a box cannot be drawn from'
  if (boxes.some((box) => box.asset !== proof.asset)) return 'a box is priced in another asset'
  if (proof.rounds.length < 1 || proof.rounds.some((box) => boxes[box] === undefined)) return 'a round has no box'
  if (boxesHash(boxes, proof.rounds, proof.mode) !== proof.boxesHash) return 'the boxes do not have the published hash'
  if (noted.boxesHash !== undefined && noted.boxesHash !== proof.boxesHash) return 'the published boxes were others'
  const price = sum(proof.rounds.map((box) => boxes[box]!.price))
  return price.toString() === proof.price ? undefined : 'a seat does not cost what its boxes cost'
}

function canBeDrawn(box: Box): boolean {
  const weighed = box.prizes.length > 0 && box.prizes.every(({ weight }) => Number.isSafeInteger(weight) && weight > 0)
  return weighed && weightSum(box) <= WEIGHT_SUM_MAX
}

function seatsFault({ battle, seats }: BattleProof, noted: Noted): string | undefined {
  for (const [index, { seat, bot, user, clientSeed }] of seats.entries()) {
    if (seat !== index) return `seat ${index} is missing`
    if (!isHex32(clientSeed)) return `the client seed of seat ${seat} is malformed`
    if (bot !== (user === null)) return `seat ${seat} is neither a player's nor a bot's`
    if (bot && clientSeed !== botSeed(battle, seat)) return `the seed of the bot in seat ${seat} was chosen`
  }
  const changed = noted.clientSeeds?.find((own) => seats[own.seat]?.clientSeed !== own.clientSeed)
  return changed && `the client seed of seat ${changed.seat} was another one`
}

function entropyFault({ entropy }: BattleProof, noted: Noted): string | undefined {
  if (entropy === null || entropy.value === null) return 'the public value is not there yet'
  if (noted.anchor !== undefined && noted.anchor !== entropy.anchor) return 'the published anchor was another one'
  if (noted.entropyRound !== undefined && noted.entropyRound !== entropy.round) return 'another round was to decide'
  if (!entropy.source.startsWith('chain:')) return `values of ${entropy.source} cannot be checked here`
  if (!verifyChainValue(entropy.anchor, entropy.round, entropy.value))
    return 'the public value does not lead to its anchor'
  return undefined
}

function gameFault(proof: BattleProof, { battle, result }: Recomputed): string | undefined {
  if (proof.drops.length !== result.pulls.length) return `${result.pulls.length} draws, ${proof.drops.length} published`
  for (const [index, pull] of result.pulls.entries()) {
    const { sku, value } = prizeOf(battle, pull)
    const drop = proof.drops[index]!
    const same = drop.round === pull.round && drop.seat === pull.seat && drop.sku === sku && drop.value === `${value}`
    if (!same) return `round ${pull.round}, seat ${pull.seat} draws ${sku} worth ${value}`
  }
  return undefined
}

function payoutFault(proof: BattleProof, { result }: Recomputed): string | undefined {
  if (proof.winners.join() !== result.winners.join()) return `the winning seats are ${result.winners.join(', ')}`
  const due = result.payouts.map(({ seat, asset, amount }) => `${seat} ${asset} ${amount}`)
  const paid = proof.payouts.map(({ seat, asset, amount }) => `${seat} ${asset} ${amount}`)
  return paid.join() === due.join() ? undefined : 'other things were paid out than were won'
}

type Recomputed = Readonly<{ battle: Drawable; result: Result }>

/** The battle of a proof played again, once, when first asked for. */
function recompute(proof: BattleProof): () => Recomputed {
  let once: Recomputed | undefined
  return () => (once ??= playAgain(proof))
}

function playAgain(proof: BattleProof): Recomputed {
  const { algorithm, battle: id, rounds, seats, serverSeed, entropy, mode } = proof
  if (serverSeed === null || entropy === null || entropy.value === null) throw new Error('not everything is public yet')
  if (algorithm !== ALGORITHM) throw new Error('these are the rules of another version')
  if (!isMode(mode)) throw new Error(`there is no mode ${mode}`)
  const battle = { id, mode, asset: toAsset(proof.asset), boxes: proof.boxes.map(boxFromJson), rounds, seats }
  return { battle, result: resolve(battle, { serverSeed, entropyValue: entropy.value }) }
}

function isMode(name: string): name is keyof typeof modes {
  return Object.hasOwn(modes, name)
}
