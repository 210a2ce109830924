import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { toAsset } from '../schema/asset.ts'
import { itemAssetText, markItem, marked, transferItem, transferred, userInventory } from '../schema/market.ts'
import type { Gates } from './caller.ts'
import { exampleListing } from './market-examples.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const signedIn = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const
const commands = [
  'request/key-missing',
  'request/key-reused',
  ...signedIn,
  'ledger/overloaded',
  'ledger/unavailable',
] as const
const tags = ['inventory']
const USER = '0199c1ef-0000-7000-8000-000000000002'
const item = {
  asset: 'play:item:lucky-penny',
  sku: 'lucky-penny',
  count: '5',
  name: 'Lucky Penny',
  rarity: 'common',
  value: '120',
  money: 'play:CREDIT',
  held: '2',
  locked: 2,
  shown: true,
}

const userRoute = createRoute({
  method: 'get',
  path: '/inventory/user/{userId}',
  operationId: 'getInventory',
  tags,
  summary: 'Your own items with their marks, or what somebody else shows',
  description: 'Of others their name is masked, and nothing is told that they do not show. `me` is yourself.',
  security: BEARER,
  request: { params: z.object({ userId: z.string().regex(/^([0-9a-f-]{36}|me)$/, 'not a user') }) },
  responses: {
    200: json(userInventory.meta({ id: 'UserInventory' }), 'Items in no particular order.', {
      user: { id: USER, name: 'calm-heron' },
      own: true,
      items: [item],
    }),
    ...refusals(...signedIn, 'user/unknown', 'ledger/unavailable'),
  },
})

const transferRoute = createRoute({
  method: 'post',
  path: '/inventory/transfer',
  operationId: 'transferItem',
  tags,
  summary: 'Gives items to another user',
  description:
    'A gift: nothing comes back. What was won with play money stays so. Real things above the platform’s limit need POST /auth/confirm first.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(transferItem, { to: USER, asset: item.asset, count: 1 }),
  responses: {
    200: json(transferred.meta({ id: 'Transferred' }), 'Given, or given before under this key.', {
      to: USER,
      asset: item.asset,
      count: 1,
      left: '4',
    }),
    ...refusals(
      ...commands,
      'market/own',
      'user/unknown',
      'auth/confirm',
      'item/locked',
      'ledger/insufficient',
      'ledger/frozen',
    ),
  },
})

const markRoute = createRoute({
  method: 'put',
  path: '/inventory/item/{itemId}',
  operationId: 'markItem',
  tags,
  summary: 'Locks so many of an item, shows it, or puts one of it up for sale',
  description:
    '`itemId` is the asset, URL-encoded. What is locked cannot be sold, given away, listed or traded until it is unlocked: the ' +
    'ledger itself keeps it, whatever else is asked at the same moment.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: {
    params: z.object({
      itemId: itemAssetText,
    }),
    ...jsonBody(markItem, { locked: 2, shown: true }),
  },
  responses: {
    200: json(marked.meta({ id: 'Marked' }), 'The item as it stands, and the listing where one was asked for.', {
      item,
      listing: exampleListing,
    }),
    ...refusals(...commands, 'market/too-many', 'market/price', 'item/locked', 'ledger/insufficient', 'ledger/frozen'),
  },
})

/** What users do with their items, and what they show of them. */
export function addItems(app: Services, { market }: ServiceParts, gates: Gates): void {
  app.openapi({ ...userRoute, middleware: gates.signedIn }, async (c) => {
    const { userId } = c.req.valid('param')
    return c.json(await market.inventory(c.var.principal, userId === 'me' ? c.var.principal.user : userId), 200)
  })
  app.openapi({ ...transferRoute, middleware: gates.command }, async (c) =>
    c.json(await market.transfer(c.var.principal, c.var.key, c.req.valid('json')), 200),
  )
  app.openapi({ ...markRoute, middleware: gates.command }, async (c) => {
    const asset = toAsset(c.req.valid('param').itemId)
    return c.json(await market.mark(c.var.principal, c.var.key, asset, c.req.valid('json')), 200)
  })
}
