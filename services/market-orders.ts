import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { battleId } from '../schema/http.ts'
import { marketOrder, openOrder, orderPage } from '../schema/market.ts'
import type { Gates } from './caller.ts'
import { LIMIT_REFUSALS } from './limit-refusals.ts'
import { exampleOrder } from './market-examples.ts'
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
const tags = ['market']
const named = { params: z.object({ id: battleId }) }
const told = json(marketOrder.meta({ id: 'MarketOrder' }), 'The order as it stands.', exampleOrder)

const listRoute = createRoute({
  method: 'get',
  path: '/market/own/orders',
  operationId: 'listOwnOrders',
  tags,
  summary: 'What you offer and have offered for items, newest first',
  security: BEARER,
  request: {
    query: z.object({ cursor: battleId.optional(), limit: z.coerce.number().int().min(1).max(100).default(50) }),
  },
  responses: {
    200: json(orderPage.meta({ id: 'OrderPage' }), 'A page of orders.', { orders: [exampleOrder], next: null }),
    ...refusals(...signedIn, 'ledger/unavailable'),
  },
})

const getRoute = createRoute({
  method: 'get',
  path: '/market/orders/{id}',
  operationId: 'getOrder',
  tags,
  summary: 'One of your orders, also after its end',
  security: BEARER,
  request: named,
  responses: { 200: told, ...refusals(...signedIn, 'market/unknown', 'ledger/unavailable') },
})

const placeRoute = createRoute({
  method: 'post',
  path: '/market/orders',
  operationId: 'placeOrder',
  tags,
  summary: 'Offers to buy so many of an item, for at most this much each',
  description:
    'Price × quantity is kept aside, and counts as spent against your limits until the order has ended. The cheapest listings that ' +
    'fit are bought at once, at what they ask; then it waits for new ones, which are sold to the order that pays most, of those to ' +
    'the oldest. You never pay more than `price` for one, and what a listing asked less comes back with it.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(openOrder, { asset: 'play:item:lucky-penny', price: '140', quantity: 3 }),
  responses: {
    200: told,
    ...refusals(
      ...commands,
      ...LIMIT_REFUSALS,
      'item/unknown',
      'market/price',
      'market/too-many',
      'ledger/insufficient',
      'ledger/frozen',
    ),
  },
})

const cancelRoute = createRoute({
  method: 'delete',
  path: '/market/orders/{id}',
  operationId: 'cancelOrder',
  tags,
  summary: 'Ends your order; what it has not spent comes back',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: named,
  responses: { 200: told, ...refusals(...commands, 'market/unknown', 'market/ended') },
})

/** What is offered for items. */
export function addMarketOrders(app: Services, { market }: ServiceParts, gates: Gates): void {
  app.openapi({ ...listRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await market.ownOrders(c.var.principal, c.req.valid('query')), 200),
  )
  app.openapi({ ...getRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await market.order(c.var.principal, c.req.valid('param').id), 200),
  )
  app.openapi({ ...placeRoute, middleware: gates.command }, async (c) =>
    c.json(await market.place(c.var.principal, c.var.key, c.req.valid('json')), 200),
  )
  app.openapi({ ...cancelRoute, middleware: gates.command }, async (c) =>
    c.json(await market.cancelOrder(c.var.principal, c.var.key, c.req.valid('param').id), 200),
  )
}
