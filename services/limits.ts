import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { limitAmount, ownLimit } from '../schema/opening.ts'
import type { Gates } from './caller.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const signedIn = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const
const told = json(
  z.array(ownLimit.meta({ id: 'OwnLimit' })),
  'All limits you have set, each with what is left of today.',
)

const listRoute = createRoute({
  method: 'get',
  path: '/limits',
  operationId: 'listLimits',
  tags: ['wallet'],
  summary: 'What you let yourself spend on openings in a day',
  security: BEARER,
  responses: { 200: told, ...refusals(...signedIn, 'ledger/overloaded', 'ledger/unavailable') },
})

const setRoute = createRoute({
  method: 'put',
  path: '/limits/{asset}',
  operationId: 'setLimit',
  tags: ['wallet'],
  summary: 'Limits what you can spend on openings in a day (UTC)',
  description:
    'A first or lower limit holds at once, and what was spent today counts. A higher one, or none (`amount: null`), holds a day ' +
    'later; while that is awaited no other can be asked for (`limit/raise-too-soon`). The ledger itself keeps it.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: {
    params: z.object({ asset: z.string().max(100).describe('money, such as `play:CREDIT`') }),
    ...jsonBody(limitAmount, { amount: '5000' }),
  },
  responses: {
    200: told,
    ...refusals(
      'request/key-missing',
      'request/key-reused',
      ...signedIn,
      'limit/raise-too-soon',
      'ledger/overloaded',
      'ledger/unavailable',
    ),
  },
})

/** Limits that people set for themselves. */
export function addLimits(app: Services, { openings }: ServiceParts, gates: Gates): void {
  app.openapi({ ...listRoute, middleware: gates.signedIn }, async (c) =>
    c.json([...(await openings.own(c.var.principal)).limits], 200),
  )
  app.openapi({ ...setRoute, middleware: gates.command }, async (c) => {
    const wanted = { asset: c.req.valid('param').asset, amount: c.req.valid('json').amount }
    return c.json([...(await openings.limit(c.var.principal, c.var.key, wanted))], 200)
  })
}
