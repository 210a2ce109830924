import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { isAmount } from '../schema/amount.ts'
import { rarities } from '../schema/box.ts'
import { battleId } from '../schema/http.ts'
import {
  bought,
  buyListing,
  itemPrices,
  listingPage,
  itemAssetText as asset,
  listingSorts,
  marketItem,
  marketListing,
  openListing,
  ownListingRoles,
} from '../schema/market.ts'
import type { Gates } from './caller.ts'
import { LIMIT_REFUSALS } from './limit-refusals.ts'
import { exampleItem, exampleListing } from './market-examples.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const PAGE_MAX = 100
const signedIn = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const
const away = ['ledger/overloaded', 'ledger/unavailable'] as const
const commands = ['request/key-missing', 'request/key-reused', ...signedIn, ...away] as const
const tags = ['market']
const named = { params: z.object({ id: battleId }) }
const limit = z.coerce.number().int().min(1).max(PAGE_MAX).default(50)
const price = z
  .string()
  .regex(/^[0-9]{1,19}$/, 'not an amount in smallest units')
  .refine((text) => isAmount(BigInt(text)), 'too much')
  .optional()
/** Of a page by price: that and the id after which it goes on. */
const cursor = z
  .string()
  .regex(/^[0-9]{1,18}\.[0-9a-f-]{36}$/, 'not the `next` of a page')
  .optional()

const told = json(marketListing.meta({ id: 'MarketListing' }), 'The listing as it stands.', exampleListing)
const page = json(listingPage.meta({ id: 'ListingPage' }), 'A page of listings.', {
  listings: [exampleListing],
  next: null,
})

const listRoute = createRoute({
  method: 'get',
  path: '/market/listings',
  operationId: 'listListings',
  tags,
  summary: 'What is for sale, cheapest or newest first',
  description: 'Prices compare within one money: that of `asset`, or `money`, which is play credits unless given.',
  security: BEARER,
  request: {
    query: z.object({
      asset: asset.optional(),
      rarity: z.enum(rarities).optional(),
      money: z
        .string()
        .regex(/^(play:)?[A-Z][A-Z0-9]{1,15}$/, 'not money')
        .optional(),
      minPrice: price,
      maxPrice: price,
      sort: z.enum(listingSorts).default('price'),
      cursor,
      limit,
    }),
  },
  responses: { 200: page, ...refusals(...signedIn, 'ledger/unavailable') },
})

const getRoute = createRoute({
  method: 'get',
  path: '/market/listings/{id}',
  operationId: 'getListing',
  tags,
  summary: 'One listing, also after its end',
  security: BEARER,
  request: named,
  responses: { 200: told, ...refusals(...signedIn, 'market/unknown', 'ledger/unavailable') },
})

const ownRoute = createRoute({
  method: 'get',
  path: '/market/own/listings',
  operationId: 'listOwnListings',
  tags,
  summary: 'What you sell and have sold, or have bought from others, newest first',
  security: BEARER,
  request: {
    query: z.object({ role: z.enum(ownListingRoles).default('sold'), cursor: battleId.optional(), limit }),
  },
  responses: { 200: page, ...refusals(...signedIn, 'ledger/unavailable') },
})

const openRoute = createRoute({
  method: 'post',
  path: '/market/listings',
  operationId: 'openListing',
  tags,
  summary: 'Puts one of an item up for sale',
  description:
    'The item is kept aside until it is sold or the listing ends. Where an order waits that pays as much or more, it is sold at ' +
    'once, at the order’s price.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(openListing, { asset: 'play:item:lucky-penny', price: '150' }),
  responses: {
    200: told,
    ...refusals(...commands, 'market/price', 'market/too-many', 'item/locked', 'ledger/insufficient', 'ledger/frozen'),
  },
})

const buyRoute = createRoute({
  method: 'post',
  path: '/market/listings/{id}/buy',
  operationId: 'buyListing',
  tags,
  summary: 'Buys a listing at the price you have seen',
  description:
    'Of all who want it one pays and gets it, in one piece; everyone else is told `market/ended` and pays nothing.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: { ...named, ...jsonBody(buyListing, { price: '150' }) },
  responses: {
    200: json(bought.meta({ id: 'Bought' }), 'Bought, or bought before under this key.', {
      listing: { ...exampleListing, phase: 'sold', bought: true, endedAt: 1_760_000_100_000 },
      balance: '99850',
    }),
    ...refusals(
      ...commands,
      ...LIMIT_REFUSALS,
      'market/unknown',
      'market/ended',
      'market/own',
      'market/other-price',
      'ledger/insufficient',
      'ledger/frozen',
    ),
  },
})

const cancelRoute = createRoute({
  method: 'delete',
  path: '/market/listings/{id}',
  operationId: 'cancelListing',
  tags,
  summary: 'Takes your listing back',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: named,
  responses: { 200: told, ...refusals(...commands, 'market/unknown', 'market/not-yours', 'market/ended') },
})

const removeRoute = createRoute({
  method: 'delete',
  path: '/admin/market/listings/{id}',
  operationId: 'removeListing',
  tags: ['admin'],
  summary: 'Takes somebody’s listing off the market',
  description: 'The seller gets the item back. Who did it stands in the audit log.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: named,
  responses: { 200: told, ...refusals(...commands, 'auth/forbidden', 'market/unknown', 'market/ended') },
})

const itemRoute = createRoute({
  method: 'get',
  path: '/market/items/{asset}',
  operationId: 'getMarketItem',
  tags,
  summary: 'The best prices of an item, and how many there are at which price',
  security: BEARER,
  request: { params: z.object({ asset }) },
  responses: {
    200: json(marketItem.meta({ id: 'MarketItem' }), 'Up to 20 prices of each side.', exampleItem),
    ...refusals(...signedIn, 'ledger/unavailable'),
  },
})

const pricesRoute = createRoute({
  method: 'get',
  path: '/market/items/{asset}/prices',
  operationId: 'getItemPrices',
  tags,
  summary: 'What an item was sold for: the last sales, and each day',
  security: BEARER,
  request: { params: z.object({ asset }) },
  responses: {
    200: json(itemPrices.meta({ id: 'ItemPrices' }), 'Up to 50 sales and 90 days.', {
      asset: 'play:item:lucky-penny',
      money: 'play:CREDIT',
      sales: [{ price: '150', at: 1_760_000_100_000 }],
      days: [{ day: '2025-10-09', open: '140', high: '155', low: '140', close: '150', volume: 7, turnover: '1030' }],
    }),
    ...refusals(...signedIn, 'ledger/unavailable'),
  },
})

/** Items for sale between users. */
export function addMarket(app: Services, { market }: ServiceParts, gates: Gates): void {
  app.openapi({ ...listRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await market.listings(c.var.principal, c.req.valid('query')), 200),
  )
  app.openapi({ ...ownRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await market.ownListings(c.var.principal, c.req.valid('query')), 200),
  )
  app.openapi({ ...getRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await market.listing(c.var.principal, c.req.valid('param').id), 200),
  )
  app.openapi({ ...openRoute, middleware: gates.command }, async (c) =>
    c.json(await market.open(c.var.principal, c.var.key, c.req.valid('json')), 200),
  )
  app.openapi({ ...buyRoute, middleware: gates.command }, async (c) => {
    const wanted = { listing: c.req.valid('param').id, price: c.req.valid('json').price }
    return c.json(await market.buy(c.var.principal, c.var.key, wanted), 200)
  })
  app.openapi({ ...cancelRoute, middleware: gates.command }, async (c) =>
    c.json(await market.cancel(c.var.principal, c.var.key, c.req.valid('param').id), 200),
  )
  app.openapi({ ...removeRoute, middleware: gates.staffCommand('market.moderate') }, async (c) =>
    c.json(await market.remove(c.var.principal, c.var.key, c.req.valid('param').id), 200),
  )
  app.openapi({ ...itemRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await market.item(c.var.principal, c.req.valid('param').asset), 200),
  )
  app.openapi({ ...pricesRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await market.prices(c.var.principal, c.req.valid('param').asset), 200),
  )
}
