import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import type { PublishedBox } from '../catalog/box-version.ts'
import { readStock } from '../catalog/stock.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import { isPlay, itemAsset } from '../schema/asset.ts'
import { weightSum, type Prize } from '../schema/box.ts'
import { RollingDropError } from '../schema/errors.ts'
import { boxItems, boxSummary, type BoxItems, type BoxSummary } from '../schema/http.ts'
import { countryCode, type TenantRules } from '../schema/person.ts'
import { etagOf, isKnown } from './etag.ts'
import { json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const catalogRoute = createRoute({
  method: 'get',
  path: '/boxes/catalog',
  operationId: 'listBoxes',
  tags: ['boxes'],
  summary: 'The boxes on offer, cheapest first',
  description:
    'With a strong ETag: send it back as If-None-Match, and what has not changed is not sent again. Boxes for real money are left ' +
    'out where they are not sold; with `country` that is said for it.',
  request: { query: z.object({ country: countryCode.optional() }) },
  responses: {
    304: { description: 'It is what you have.' },
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
  description:
    'With a strong ETag, as the catalogue has. A version that was asked for by its number may be kept for good, unless it holds ' +
    'something of which there are only so many; also those of retired boxes are there.',
  request: {
    params: z.object({ boxId: z.string().max(64) }),
    query: z.object({ version: z.coerce.number().int().min(1).max(2_147_483_647).optional() }),
  },
  responses: {
    304: { description: 'It is what you have.' },
    200: json(
      boxItems.meta({ id: 'BoxItems' }),
      'The newest version, or the one asked for. `hash` is what battles commit to.',
    ),
    ...refusals('box/unknown'),
  },
})

/** Kept, but asked for each time whether it is still so: a change is seen at once. */
const FRESH = 'public, no-cache'
/** What never changes. */
const FOR_GOOD = 'public, max-age=31536000, immutable'

/** Those that may be sold there; where one does not say where, those that may be sold at all. */
function soldIn(boxes: readonly PublishedBox[], rules: TenantRules, country: string | undefined) {
  const isSold = rules.realMoney && (country === undefined || !rules.countriesBlocked.includes(country))
  return isSold ? boxes : boxes.filter(({ box }) => isPlay(box.asset))
}

/** How many of each limited item of a box are left, by sku. */
type Left = ReadonlyMap<string, bigint>

export function addBoxes(app: Services, parts: Pick<ServiceParts, 'catalog' | 'ledger' | 'persons'>): void {
  const { catalog, ledger, persons } = parts
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
    const rules = await persons.rules(MAIN_TENANT)
    const boxes = soldIn(await catalog.boxes(MAIN_TENANT), rules, c.req.valid('query').country)
    const left = await leftIn(boxes)
    if (isKnown(c, etagOf(...boxes.map((box, i) => tagged(box, left[i]!))), FRESH)) return c.body(null, 304)
    return c.json(
      boxes.map((box, i) => summaryOf(box, left[i]!)),
      200,
    )
  })

  app.openapi(itemsRoute, async (c) => {
    const { boxId } = c.req.valid('param')
    const { version } = c.req.valid('query')
    const published = await catalog.box(MAIN_TENANT, boxId, version)
    if (!published) throw new RollingDropError('box/unknown', { box: boxId })
    const [left] = await leftIn([published])
    const isForGood = version !== undefined && left!.size === 0
    if (isKnown(c, etagOf(tagged(published, left!)), isForGood ? FOR_GOOD : FRESH)) return c.body(null, 304)
    return c.json(itemsOf(published, left!), 200)
  })
}

/** All that an answer about a box depends on. */
function tagged({ hash }: PublishedBox, left: Left): string {
  return [hash, ...[...left].flat()].join(' ')
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

export function itemsOf({ box, hash, expectedValue, returnToPlayer }: PublishedBox, left: Left): BoxItems {
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
