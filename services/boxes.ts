import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import type { PublishedBox } from '../catalog/box-version.ts'
import { readStock } from '../catalog/stock.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import { itemAsset } from '../schema/asset.ts'
import { weightSum, type Prize } from '../schema/box.ts'
import { RollingDropError } from '../schema/errors.ts'
import { boxItems, boxSummary, type BoxItems, type BoxSummary } from '../schema/http.ts'
import { json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const catalogRoute = createRoute({
  method: 'get',
  path: '/boxes/catalog',
  operationId: 'listBoxes',
  tags: ['boxes'],
  summary: 'The boxes on offer, cheapest first',
  responses: {
    200: json(
      z.array(boxSummary.meta({ id: 'BoxSummary' })),
      'Each with its price, its expected value and its best prize.',
    ),
    ...refusals(),
  },
})

const itemsRoute = createRoute({
  method: 'get',
  path: '/boxes/{boxId}/items',
  operationId: 'getBox',
  tags: ['boxes'],
  summary: 'What a box can hold, with every chance',
  request: {
    params: z.object({ boxId: z.string().max(64) }),
    query: z.object({ version: z.coerce.number().int().min(1).max(2_147_483_647).optional() }),
  },
  responses: {
    200: json(
      boxItems.meta({ id: 'BoxItems' }),
      'The newest version, or the one asked for. `hash` is what battles commit to.',
    ),
    ...refusals('box/unknown'),
  },
})

/** How many of each limited item of a box are left, by sku. */
type Left = ReadonlyMap<string, bigint>

export function addBoxes(app: Services, { catalog, ledger }: ServiceParts): void {
  /** Read from the ledger only where a box holds anything limited. */
  async function leftIn(boxes: readonly PublishedBox[]): Promise<readonly Left[]> {
    const limited = await catalog.limited(MAIN_TENANT)
    const held = boxes.map(({ box }) => box.prizes.filter(({ sku }) => limited.has(itemAsset(sku, box.asset))))
    if (held.every(({ length }) => length === 0)) return boxes.map(() => new Map())
    const stock = await readStock(ledger.reader, MAIN_TENANT)
    return held.map((prizes, i) => {
      const { asset } = boxes[i]!.box
      return new Map(prizes.map(({ sku }) => [sku, stock.get(itemAsset(sku, asset)) ?? 0n]))
    })
  }

  app.openapi(catalogRoute, async (c) => {
    const boxes = await catalog.boxes(MAIN_TENANT)
    const left = await leftIn(boxes)
    return c.json(
      boxes.map((box, i) => summaryOf(box, left[i]!)),
      200,
    )
  })

  app.openapi(itemsRoute, async (c) => {
    const { boxId } = c.req.valid('param')
    const published = await catalog.box(MAIN_TENANT, boxId, c.req.valid('query').version)
    if (!published) throw new RollingDropError('box/unknown', { box: boxId })
    const [left] = await leftIn([published])
    return c.json(itemsOf(published, left!), 200)
  })
}

function summaryOf({ box, hash, expectedValue, returnToPlayer }: PublishedBox, left: Left): BoxSummary {
  const { id, version, name, asset, price, prizes } = box
  const best = prizes.reduce((best, prize) => (prize.value > best.value ? prize : best))
  const limited = prizes.flatMap(({ sku, name: prize }) => {
    const count = left.get(sku)
    return count === undefined ? [] : [{ sku, name: prize, left: `${count}` }]
  })
  return {
    id,
    version,
    name,
    asset,
    price: `${price}`,
    hash,
    expectedValue: `${expectedValue}`,
    returnToPlayer,
    best: prizeToJson(best),
    ...(limited.length > 0 && { limited }),
  }
}

function itemsOf({ box, hash, expectedValue, returnToPlayer }: PublishedBox, left: Left): BoxItems {
  const { id, version, name, asset, price } = box
  const weights = weightSum(box)
  const prizes = box.prizes.map((prize) => ({
    ...prizeToJson(prize),
    chance: prize.weight / weights,
    ...(left.has(prize.sku) && { left: `${left.get(prize.sku)}` }),
  }))
  return {
    id,
    version,
    name,
    asset,
    price: `${price}`,
    hash,
    expectedValue: `${expectedValue}`,
    returnToPlayer,
    prizes,
  }
}

function prizeToJson(prize: Prize) {
  return { ...prize, value: prize.value.toString() }
}
