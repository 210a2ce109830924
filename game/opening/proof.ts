import type { Box } from '../../schema/box.ts'
import type { OpeningOpened, OpeningProof } from '../../schema/opening.ts'
import { boxToJson } from '../battle/proof.ts'
import { OPENING_ALGORITHM } from './draw.ts'

/**
 * Everything public about an opening that a stranger needs to recompute it. `box` is the version that was opened; the server
 * seed is null as long as its pair is in use.
 */
export function openingProofOf(opened: OpeningOpened, box: Box, serverSeed: string | null): OpeningProof {
  const { opening, user, seeds, seedHash, clientSeed, boxHash, asset, price, drops, payouts } = opened
  return {
    algorithm: OPENING_ALGORITHM,
    opening,
    user,
    seeds,
    seedHash,
    serverSeed,
    clientSeed,
    box: boxToJson(box),
    boxHash,
    asset,
    price,
    drops: drops.map(({ nonce, sku, value, bought }) =>
      bought ? { nonce, sku, value, bought } : { nonce, sku, value },
    ),
    payouts: payouts.map(({ asset: of, amount }) => ({ asset: of, amount })),
  }
}
