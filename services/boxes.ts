import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import type { PublishedBox } from '../catalog/box-version.ts'
import { MAIN_TENANT } from '../schema/account.ts'
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

export function addBoxes(app: Services, { catalog }: ServiceParts): void {
  app.openapi(catalogRoute, async (c) => c.json((await catalog.boxes(MAIN_TENANT)).map(summaryOf), 200))

  app.openapi(itemsRoute, async (c) => {
    const { boxId } = c.req.valid('param')
    const published = await catalog.box(MAIN_TENANT, boxId, c.req.valid('query').version)
    if (!published) throw new RollingDropError('box/unknown', { box: boxId })
    return c.json(itemsOf(published), 200)
  })
}

function summaryOf({ box, hash, expectedValue, returnToPlayer }: PublishedBox): BoxSummary {
  const { id, version, name, asset, price, prizes } = box
  const best = prizes.reduce((best, prize) => (prize.value > best.value ? prize : best))
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
  }
}

function itemsOf({ box, hash, expectedValue, returnToPlayer }: PublishedBox): BoxItems {
  const { id, version, name, asset, price } = box
  const weights = weightSum(box)
  const prizes = box.prizes.map((prize) => ({ ...prizeToJson(prize), chance: prize.weight / weights }))
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
