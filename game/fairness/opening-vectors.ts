import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { hashBox, weightSum, type Box } from '../../schema/box.ts'
import type { OpeningOpened, OpeningProof } from '../../schema/opening.ts'
import { drawWithin } from './draw.ts'
import { encodeOpening, OPENING_ALGORITHM } from '../opening/draw.ts'
import { openBoxes } from '../opening/open.ts'
import { openingProofOf } from '../opening/proof.ts'
import { beginPair, firstSeeds } from '../opening/seeds.ts'
import type { SealedSeed } from '../opening/state.ts'
import { chest, clientSeed, SERVER_SEED, tin } from './example.ts'
import { hashSeed } from './seed.ts'

const USER = '01890a5d-ac96-774b-bcce-b302099a8001'
const OPENING = '01890a5d-ac96-774b-bcce-b302099a8002'
const sealed = (id: string): SealedSeed => ({ id, seedHash: hashSeed(SERVER_SEED), sealed: '' })

/** Worked examples of solo openings, and ways to cheat with the stages at which they must fail. */
export function openingVectors() {
  const proof = opened(tin, 5, SERVER_SEED)
  const noted = { seedHash: hashSeed(SERVER_SEED), clientSeed: clientSeed('ann') }
  const late = clientSeed('chosen late')
  return {
    algorithm: OPENING_ALGORITHM,
    line: lineVector(tin, 0, 0),
    rejected: rejectedVector(),
    openings: (
      [
        [tin, 12],
        [chest, 2],
      ] as const
    ).map(([box, count]) => {
      const { drops, ...rest } = opened(box, count, SERVER_SEED)
      return { proof: { ...rest, drops }, tickets: drops.map(({ nonce }) => ticketOf(box, nonce).toString()) }
    }),
    knownBad: {
      drawnFromThePublishedHash: {
        proof: { ...opened(tin, 5, noted.seedHash), serverSeed: SERVER_SEED },
        noted,
        fails: ['game'],
      },
      serverSeedChosenAfterTheClientSeed: {
        proof: { ...opened(tin, 5, late), seedHash: hashSeed(late), serverSeed: late },
        noted,
        fails: ['seed'],
      },
      clientSeedReplaced: {
        proof: { ...opened(tin, 5, SERVER_SEED, 'bob'), clientSeed: clientSeed('bob') },
        noted,
        fails: ['randomness'],
      },
      nonceLeftOut: { proof: { ...proof, drops: proof.drops.toSpliced(1, 1) }, noted, fails: ['randomness', 'payout'] },
      weightsChanged: { proof: heavier(proof), noted, fails: ['randomness', 'game'] },
    },
  }
}

const lineOf = (box: Box) => ({ user: USER, boxHash: hashBox(box), clientSeed: clientSeed('ann') })

function lineVector(box: Box, nonce: number, block: number) {
  const bytes = encodeOpening(lineOf(box), nonce, block)
  const mac = hmac(sha256, hexToBytes(SERVER_SEED), bytes)
  return {
    ...lineOf(box),
    nonce,
    block,
    bytes: bytesToHex(bytes),
    mac: bytesToHex(mac),
    words: wordsOf(box, nonce, block),
  }
}

function wordsOf(box: Box, nonce: number, block: number): readonly string[] {
  const mac = hmac(sha256, hexToBytes(SERVER_SEED), encodeOpening(lineOf(box), nonce, block))
  const view = new DataView(mac.buffer, mac.byteOffset)
  return [0, 8, 16, 24].map((offset) => view.getBigUint64(offset).toString())
}

const drawn = (box: Box, nonce: number, n: bigint) =>
  drawWithin(
    (block) => new DataView(hmac(sha256, hexToBytes(SERVER_SEED), encodeOpening(lineOf(box), nonce, block)).buffer),
    n,
  )

const ticketOf = (box: Box, nonce: number) => drawn(box, nonce, BigInt(weightSum(box)))

/** The first nonce whose first word is rejected for the n that rejects the most. */
function rejectedVector() {
  const n = 2n ** 63n + 1n
  const nonce = Array.from({ length: 1_000 }, (_, i) => i).find((i) => BigInt(wordsOf(tin, i, 0)[0]!) >= n)!
  return { nonce, n: n.toString(), words: wordsOf(tin, nonce, 0), drawn: drawn(tin, nonce, n).toString() }
}

/** Boxes opened by somebody who has opened none, with draws keyed by `key`. */
function opened(box: Box, count: number, key: string, by = 'ann'): OpeningProof {
  const first = firstSeeds({ user: USER, tenant: 'main' }, sealed('01890a5d-ac96-774b-bcce-b302099a8003')).seeds
  const wanted = { seeds: first.next.id, clientSeed: clientSeed(by) }
  const begun = beginPair(first, wanted, {
    serverSeed: null,
    following: sealed('01890a5d-ac96-774b-bcce-b302099a8004'),
  })
  if (!begun.ok) throw new Error(begun.code)
  const opening = { id: OPENING, box, boxHash: hashBox(box), count, serverSeed: key, free: new Map(), taken: [] }
  const decision = openBoxes(begun.seeds, opening)
  if (!decision.ok) throw new Error(decision.code)
  return openingProofOf(decision.effects.events[0]!.payload as OpeningOpened, box, SERVER_SEED)
}

/** One weight more than was published. */
function heavier(proof: OpeningProof): OpeningProof {
  const [first, ...rest] = proof.box.prizes
  return { ...proof, box: { ...proof.box, prizes: [{ ...first!, weight: first!.weight + 1 }, ...rest] } }
}
