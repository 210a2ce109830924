import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import type { Box } from '../../schema/box.ts'

/** A box of three prizes, for tests and benches that need one and do not care which. */
export const PLAIN_BOX: Box = {
  id: 'plain',
  version: 1,
  name: 'Plain',
  asset: PLAY_CREDIT,
  price: toAmount(250n),
  prizes: [
    { sku: 'pebble', name: 'Pebble', rarity: 'common', value: toAmount(50n), weight: 70 },
    { sku: 'marble', name: 'Marble', rarity: 'rare', value: toAmount(400n), weight: 25 },
    { sku: 'comet', name: 'Comet', rarity: 'legendary', value: toAmount(2_000n), weight: 5 },
  ],
}
