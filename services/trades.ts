import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { battleId } from '../schema/http.ts'
import { offerTrade, trade, tradePage, type Trade } from '../schema/trade.ts'
import type { Gates } from './caller.ts'
import { LIMIT_REFUSALS } from './limit-refusals.ts'
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
const moving = [
  ...commands,
  ...LIMIT_REFUSALS,
  'auth/confirm',
  'item/locked',
  'ledger/insufficient',
  'ledger/frozen',
] as const
const tags = ['trades']
const named = { params: z.object({ id: battleId }) }

const penny = { asset: 'play:item:lucky-penny', count: 2 }
const example: Trade = {
  id: '0199c1f0-7b00-7d3e-9f5a-0b6c8d1e4f33',
  phase: 'open',
  from: { id: '0199c1ef-0000-7000-8000-000000000001', name: 'brave-otter' },
  to: { id: '0199c1ef-0000-7000-8000-000000000002', name: 'calm-heron' },
  own: true,
  gives: { items: [{ ...penny, sku: 'lucky-penny', name: 'Lucky Penny' }], money: null },
  wants: { items: [], money: { asset: 'play:CREDIT', amount: '300' } },
  createdAt: 1_760_000_000_000,
  expiresAt: 1_760_086_400_000,
  endedAt: null,
}
const told = json(trade.meta({ id: 'Trade' }), 'The trade as it stands.', example)

const listRoute = createRoute({
  method: 'get',
  path: '/trades',
  operationId: 'listTrades',
  tags,
  summary: 'Trades that you have offered or were asked for, newest first',
  security: BEARER,
  request: {
    query: z.object({
      status: z.enum(['open', 'ended']).optional(),
      cursor: battleId.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
  },
  responses: {
    200: json(tradePage.meta({ id: 'TradePage' }), 'A page of trades.', { trades: [example], next: null }),
    ...refusals(...signedIn, 'ledger/unavailable'),
  },
})

const getRoute = createRoute({
  method: 'get',
  path: '/trades/{id}',
  operationId: 'getTrade',
  tags,
  summary: 'One of your trades, also after its end',
  security: BEARER,
  request: named,
  responses: { 200: told, ...refusals(...signedIn, 'trade/unknown', 'ledger/unavailable') },
})

const offerRoute = createRoute({
  method: 'post',
  path: '/transactions/trade',
  operationId: 'offerTrade',
  tags,
  summary: 'Offers somebody items and money for items and money',
  description:
    'What you give is kept aside until the trade is accepted, declined, cancelled or expired. Play money and what is won with it is ' +
    'never traded for anything real (`market/mixed`). Real things above the platform’s limit need POST /auth/confirm first.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(offerTrade, {
    to: example.to.id,
    gives: { items: [penny] },
    wants: { money: { asset: 'play:CREDIT', amount: '300' } },
  }),
  responses: {
    200: told,
    ...refusals(...moving, 'user/unknown', 'market/own', 'market/mixed', 'market/too-many', 'trade/empty'),
  },
})

const acceptRoute = createRoute({
  method: 'post',
  path: '/transactions/trade/{id}/accept',
  operationId: 'acceptTrade',
  tags,
  summary: 'Accepts a trade: both sides move at once, or nothing does',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: named,
  responses: { 200: told, ...refusals(...moving, 'trade/unknown', 'trade/ended', 'market/own') },
})

const endRoute = (word: 'decline' | 'cancel', summary: string) =>
  createRoute({
    method: 'post',
    path: `/transactions/trade/{id}/${word}`,
    operationId: `${word}Trade`,
    tags,
    summary,
    security: BEARER,
    parameters: [IDEMPOTENCY_KEY],
    request: named,
    responses: { 200: told, ...refusals(...commands, 'trade/unknown', 'trade/ended') },
  })
const declineRoute = endRoute('decline', 'Declines a trade that you were asked for')
const cancelRoute = endRoute('cancel', 'Takes your own offer back')

/** Trades between two users. */
export function addTrades(app: Services, { market }: ServiceParts, gates: Gates): void {
  app.openapi({ ...listRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await market.trades(c.var.principal, c.req.valid('query')), 200),
  )
  app.openapi({ ...getRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await market.trade(c.var.principal, c.req.valid('param').id), 200),
  )
  app.openapi({ ...offerRoute, middleware: gates.command }, async (c) =>
    c.json(await market.offer(c.var.principal, c.var.key, c.req.valid('json')), 200),
  )
  app.openapi({ ...acceptRoute, middleware: gates.command }, async (c) =>
    c.json(await market.accept(c.var.principal, c.var.key, c.req.valid('param').id), 200),
  )
  app.openapi({ ...declineRoute, middleware: gates.command }, async (c) => {
    const wanted = { trade: c.req.valid('param').id, how: 'declined' } as const
    return c.json(await market.endTrade(c.var.principal, c.var.key, wanted), 200)
  })
  app.openapi({ ...cancelRoute, middleware: gates.command }, async (c) => {
    const wanted = { trade: c.req.valid('param').id, how: 'cancelled' } as const
    return c.json(await market.endTrade(c.var.principal, c.var.key, wanted), 200)
  })
}
