import { createRoute } from '@hono/zod-openapi'
import { sellBack, sold } from '../schema/http.ts'
import type { Gates } from './caller.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const route = createRoute({
  method: 'post',
  path: '/transactions/sell',
  operationId: 'sellItem',
  tags: ['wallet'],
  summary: 'Sells items back at their published value',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(sellBack, { asset: 'play:item:lucky-penny', count: 1 }),
  responses: {
    200: json(sold.meta({ id: 'Sold' }), 'Sold, or sold before under this key. `balance` is the one after it.'),
    ...refusals(
      'request/key-missing',
      'request/key-reused',
      'auth/token-missing',
      'auth/token-invalid',
      'auth/token-expired',
      'auth/revoked',
      'item/unknown',
      'item/locked',
      'ledger/insufficient',
      'ledger/overloaded',
    ),
  },
})

export function addSell(app: Services, { openings }: ServiceParts, gates: Gates): void {
  app.openapi({ ...route, middleware: gates.command }, async (c) =>
    c.json(await openings.sell(c.var.principal, c.var.key, c.req.valid('json')), 200),
  )
}
