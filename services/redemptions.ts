import { createRoute } from '@hono/zod-openapi'
import { paymentId, redeem, redemption, redemptionPage, redemptionQuery } from '../schema/wallet.ts'
import type { Gates } from './caller.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'
import { addressExample, redemptionExample } from './wallet-examples.ts'

const signedIn = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const
const keyed = ['request/key-missing', 'request/key-reused', ...signedIn] as const
const told = redemption.meta({ id: 'Redemption' })

const redeemRoute = createRoute({
  method: 'post',
  path: '/transactions/redeem',
  operationId: 'redeem',
  tags: ['wallet'],
  summary: 'Has real things sent to you',
  description: 'They are reserved at once, and yours again when they cannot be sent. The address rests encrypted.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(redeem, { asset: 'item:watch', count: 1, address: addressExample }),
  responses: {
    200: json(told, 'Reserved, or reserved before under this key.', redemptionExample),
    ...refusals(
      ...keyed,
      'auth/confirm',
      'item/unknown',
      'item/locked',
      'redeem/play',
      'ledger/insufficient',
      'ledger/frozen',
      'ledger/overloaded',
      'ledger/unavailable',
    ),
  },
})

const listRoute = createRoute({
  method: 'get',
  path: '/redemptions',
  operationId: 'listRedemptions',
  tags: ['wallet'],
  summary: 'What you have had sent to you, newest first',
  security: BEARER,
  request: { query: redemptionQuery },
  responses: {
    200: json(redemptionPage.meta({ id: 'RedemptionPage' }), 'Of any state, unless narrowed.', {
      redemptions: [redemptionExample],
      next: null,
    }),
    ...refusals(...signedIn, 'ledger/unavailable'),
  },
})

const cancelRoute = createRoute({
  method: 'post',
  path: '/redemptions/{id}/cancel',
  operationId: 'cancelRedemption',
  tags: ['wallet'],
  summary: 'Keeps things that have not been sent off yet',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: { params: paymentId },
  responses: {
    200: json(told, 'Yours again.', { ...redemptionExample, state: 'cancelled' }),
    ...refusals(...keyed, 'redeem/unknown', 'redeem/state', 'ledger/overloaded', 'ledger/unavailable'),
  },
})

/** Things that are sent home. */
export function addRedemptions(app: Services, { wallet }: ServiceParts, gates: Gates): void {
  app.openapi({ ...redeemRoute, middleware: gates.confirmedCommand }, async (c) =>
    c.json(await wallet.redeem(c.var.principal, c.var.key, c.req.valid('json')), 200),
  )
  app.openapi({ ...listRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await wallet.redemptions(c.var.principal, c.req.valid('query')), 200),
  )
  app.openapi({ ...cancelRoute, middleware: gates.command }, async (c) =>
    c.json(await wallet.cancelRedemption(c.var.principal, c.var.key, c.req.valid('param').id), 200),
  )
}
