import { toAsset } from '../../schema/asset.ts'
import { boxFromJson, hashBox } from '../../schema/box.ts'
import { toJson } from '../../schema/json.ts'
import { OPENED_AT_ONCE_MAX, type OpeningProof } from '../../schema/opening.ts'
import { canBeDrawn, stage, type Verification } from '../battle/verify.ts'
import { hashSeed, isHex32 } from '../fairness/seed.ts'
import { drawOpening, OPENING_ALGORITHM, openingUrn } from './draw.ts'
import { payoutsOf } from './open.ts'

/** What somebody wrote down before they opened. Where given, the proof must agree with it. */
export type NotedOpening = Readonly<{
  seedHash?: string
  clientSeed?: string
  boxHash?: string
  /** The nonce of the first box opened. */
  nonce?: number
}>

/**
 * Recomputes a solo opening from published data alone, in the four stages of a battle: the server seed is the promised one; box,
 * client seed and nonces are the ones fixed beforehand; every draw comes out the same; price and payouts follow. A proof shows
 * only that its parts agree; that they were fixed in time, only what was `noted` then can show. Never throws; before the
 * pair is rotated it fails at the server seed. Costs at most about 100 hashes.
 */
export function verifyOpening(proof: OpeningProof, noted: NotedOpening = {}): Verification {
  const stages = [
    stage('seed', 'the server seed is the one promised beforehand', () => seedFault(proof, noted)),
    stage('randomness', 'box, client seed and nonces are as fixed', () => randomnessFault(proof, noted)),
    stage('game', 'every draw comes out the same', () => gameFault(proof)),
    stage('payout', 'price and payouts follow from the draws', () => payoutFault(proof)),
  ]
  return { stages, ok: stages.every(({ ok }) => ok) }
}

function seedFault({ algorithm, seedHash, serverSeed }: OpeningProof, noted: NotedOpening): string | undefined {
  if (algorithm !== OPENING_ALGORITHM) return 'these are other rules'
  if (serverSeed === null) return 'the server seed is not public yet: it is told when the pair is rotated'
  if (hashSeed(serverSeed) !== seedHash) return 'the server seed does not have the promised hash'
  if (noted.seedHash !== undefined && noted.seedHash !== seedHash) return 'the promised hash was another one'
  return undefined
}

function randomnessFault({ box, boxHash, clientSeed, drops, asset }: OpeningProof, noted: NotedOpening) {
  const opened = boxFromJson(box)
  if (!canBeDrawn(opened)) return 'the box cannot be drawn from'
  if (opened.asset !== asset) return 'the box is priced in another asset'
  if (hashBox(opened) !== boxHash) return 'the box does not have the published hash'
  if (noted.boxHash !== undefined && noted.boxHash !== boxHash) return 'the published box was another one'
  if (!isHex32(clientSeed)) return 'the client seed is malformed'
  if (noted.clientSeed !== undefined && noted.clientSeed !== clientSeed) return 'the client seed was another one'
  if (drops.length < 1 || drops.length > OPENED_AT_ONCE_MAX) return 'so many are not opened at once'
  const [first] = drops
  if (drops.some(({ nonce }, i) => nonce !== first!.nonce + i)) return 'a nonce was left out'
  if (noted.nonce !== undefined && noted.nonce !== first!.nonce) return 'the first nonce was another one'
  return undefined
}

function gameFault({ box, boxHash, user, clientSeed, serverSeed, drops }: OpeningProof): string | undefined {
  if (serverSeed === null) return 'the server seed is not public yet: it is told when the pair is rotated'
  const opened = boxFromJson(box)
  const urn = openingUrn(serverSeed, { user, boxHash, clientSeed })
  for (const { nonce, sku, value } of drops) {
    const prize = opened.prizes[drawOpening(urn, nonce, opened)]!
    if (prize.sku !== sku || prize.value.toString() !== value) return `nonce ${nonce} gives ${prize.sku}, not ${sku}`
  }
  return undefined
}

function payoutFault({ box, asset, price, drops, payouts }: OpeningProof): string | undefined {
  if ((boxFromJson(box).price * BigInt(drops.length)).toString() !== price)
    return 'it does not cost what the boxes cost'
  if (toJson(payoutsOf(toAsset(asset), drops)) !== toJson(payouts)) return 'the payouts do not follow from the draws'
  return undefined
}
