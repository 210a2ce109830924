import { sum } from '../../schema/amount.ts'
import { toAsset } from '../../schema/asset.ts'
import { BORROW_PERCENT_MAX, isBattleMode, type BattleMode } from '../../schema/battle-mode.ts'
import { boxFromJson, weightSum, WEIGHT_SUM_MAX, type Box } from '../../schema/box.ts'
import type { BattleProof } from '../../schema/http.ts'
import { beaconFault, type VerifyBeacon } from '../fairness/beacon.ts'
import { verifyChainValue } from '../fairness/chain.ts'
import { boxesHash } from '../fairness/commitment.ts'
import { ALGORITHM } from '../fairness/line.ts'
import { botSeed, hashSeed, isHex32 } from '../fairness/seed.ts'
import { resolve, type Drawable } from './draw.ts'
import { whyNotTogether } from './options.ts'
import { prizeOf } from './pull.ts'
import { ruleOf } from './sides.ts'
import { mostDrawn } from './stock.ts'
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
 * A proof shows only that its parts agree; that they were fixed in time, only what was `noted` then can show. Values of
 * drand need `verifyBeacon`: without it they do not pass. Never throws; an unfinished battle fails at what is not yet
 * public. Costs at most 2^18 + about 1,000 hashes.
 */
export function verifyBattle(proof: BattleProof, noted: Noted = {}, verifyBeacon?: VerifyBeacon): Verification {
  const again = recompute(proof)
  const stages = [
    stage('seed', 'the server seed is the one promised beforehand', () => seedFault(proof, noted)),
    stage('randomness', 'boxes, client seeds and the public value are as fixed', () =>
      randomnessFault(proof, noted, verifyBeacon),
    ),
    stage('game', 'every draw comes out the same', () => gameFault(proof, again())),
    stage(
      'payout',
      'winners and payouts follow from the draws',
      () => stockFault(again()) ?? payoutFault(proof, again()),
    ),
  ]
  return { stages, ok: stages.every(({ ok }) => ok) }
}

/** Runs one check. What is thrown while recomputing a malformed proof is that proof's fault. */
export function stage(name: StageName, fine: string, check: () => string | undefined): Stage {
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

function randomnessFault(proof: BattleProof, noted: Noted, verifyBeacon?: VerifyBeacon): string | undefined {
  return boxesFault(proof, noted) ?? seatsFault(proof, noted) ?? entropyFault(proof, noted, verifyBeacon)
}

function boxesFault(proof: BattleProof, noted: Noted): string | undefined {
  const boxes = proof.boxes.map(boxFromJson)
  if (!boxes.every(canBeDrawn)) return 'a box cannot be drawn from'
  if (boxes.some((box) => box.asset !== proof.asset)) return 'a box is priced in another asset'
  if (proof.rounds.length < 1 || proof.rounds.some((box) => boxes[box] === undefined)) return 'a round has no box'
  const { mode, teamSize } = optionsOf(proof)
  const rule = ruleOf(mode, { seats: proof.seats.length, teamSize })
  if (boxesHash(boxes, proof.rounds, rule) !== proof.boxesHash) return 'the boxes do not have the published hash'
  if (noted.boxesHash !== undefined && noted.boxesHash !== proof.boxesHash) return 'the published boxes were others'
  const price = sum(proof.rounds.map((box) => boxes[box]!.price))
  return price.toString() === proof.price ? undefined : 'a seat does not cost what its boxes cost'
}

export function canBeDrawn(box: Box): boolean {
  const weighed = box.prizes.length > 0 && box.prizes.every(({ weight }) => Number.isSafeInteger(weight) && weight > 0)
  return weighed && weightSum(box) <= WEIGHT_SUM_MAX
}

function seatsFault({ battle, seats }: BattleProof, noted: Noted): string | undefined {
  for (const [index, { seat, bot, user, clientSeed, borrow = 0 }] of seats.entries()) {
    if (seat !== index) return `seat ${index} is missing`
    if (!isHex32(clientSeed)) return `the client seed of seat ${seat} is malformed`
    if (bot !== (user === null)) return `seat ${seat} is neither a player's nor a bot's`
    if (!isPercent(borrow, bot ? 0 : BORROW_PERCENT_MAX)) return `seat ${seat} cannot borrow that much`
    if (bot && clientSeed !== botSeed(battle, seat)) return `the seed of the bot in seat ${seat} was chosen`
  }
  const changed = noted.clientSeeds?.find((own) => seats[own.seat]?.clientSeed !== own.clientSeed)
  return changed && `the client seed of seat ${changed.seat} was another one`
}

function entropyFault({ entropy }: BattleProof, noted: Noted, verifyBeacon?: VerifyBeacon): string | undefined {
  if (entropy === null || entropy.value === null) return 'the public value is not there yet'
  const { source, round, anchor, value, signature } = entropy
  if (noted.anchor !== undefined && noted.anchor !== anchor) return 'the published anchor was another one'
  if (noted.entropyRound !== undefined && noted.entropyRound !== round) return 'another round was to decide'
  if (source.startsWith('drand:')) return beaconFault({ source, round, anchor, value, signature }, verifyBeacon)
  if (!source.startsWith('chain:')) return `values of ${source} cannot be checked here`
  return verifyChainValue(anchor, round, value) ? undefined : 'the public value does not lead to its anchor'
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

/** Of a limited item either all that could be drawn was kept, or nothing: then it is paid in money. */
function stockFault({ battle }: Recomputed): string | undefined {
  const { limited = [] } = battle
  const skus = new Set(limited.map(({ sku }) => sku))
  if (skus.size !== limited.length) return 'an item is reserved twice'
  for (const { sku, reserved } of limited) {
    const most = mostDrawn(battle, sku)
    if (most === 0) return `no box holds the reserved item ${sku}`
    if (reserved !== 0 && reserved !== most) return `of ${sku} ${most} could be drawn, ${reserved} were reserved`
  }
  return undefined
}

/** Compared member by member: a number is not its text, and a list is not what it looks like joined. */
function payoutFault({ winners, payouts }: BattleProof, { result }: Recomputed): string | undefined {
  const won = isList(winners, result.winners, (seat, due) => seat === due)
  if (!won) return `the winning seats are ${result.winners.join(', ')}`
  const paid = isList(payouts, result.payouts, ({ seat, asset, amount }, due) => {
    return seat === due.seat && asset === due.asset && amount === `${due.amount}`
  })
  return paid ? undefined : 'other things were paid out than were won'
}

function isList<A, B>(list: readonly A[], due: readonly B[], same: (each: A, due: B) => boolean): boolean {
  if (!Array.isArray(list) || list.length !== due.length) return false
  return list.every((each, index) => same(each as A, due[index]!))
}

type Recomputed = Readonly<{ battle: Drawable; result: Result }>

/** The battle of a proof played again, once, when first asked for. */
function recompute(proof: BattleProof): () => Recomputed {
  let once: Recomputed | undefined
  return () => (once ??= playAgain(proof))
}

function playAgain(proof: BattleProof): Recomputed {
  const { algorithm, battle: id, rounds, serverSeed, entropy } = proof
  if (serverSeed === null || entropy === null || entropy.value === null) throw new Error('not everything is public yet')
  if (algorithm !== ALGORITHM) throw new Error('these are the rules of another version')
  const { mode, teamSize } = optionsOf(proof)
  const seats = proof.seats.map(({ clientSeed, borrow = 0 }) => ({ clientSeed, borrow }))
  const { limited = [] } = proof
  const boxes = proof.boxes.map(boxFromJson)
  const battle = { id, mode, teamSize, asset: toAsset(proof.asset), boxes, rounds, limited, seats }
  return { battle, result: resolve(battle, { serverSeed, entropyValue: entropy.value }) }
}

/** The rule of the battle. Throws when there is no such mode, or the seats do not fit it. */
function optionsOf({ mode, teamSize = 1, sponsor = 0, seats }: BattleProof): { mode: BattleMode; teamSize: number } {
  if (!isBattleMode(mode)) throw new Error(`there is no mode ${mode}`)
  const borrowMax = Math.max(0, ...seats.map(({ borrow = 0 }) => borrow))
  const reason = whyNotTogether({ mode, seats: seats.length, teamSize, sponsor, minLevel: 0, borrowMax })
  if (reason !== undefined) throw new Error(reason)
  return { mode, teamSize }
}

function isPercent(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most
}
