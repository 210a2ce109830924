import { createRoute, z } from '@hono/zod-openapi'
import { checkpointPage, decimal } from '../schema/http.ts'
import { json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const query = z.object({
  before: decimal.optional().describe('only those before this seq'),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})

const route = createRoute({
  method: 'get',
  path: '/.well-known/ledger-checkpoints',
  operationId: 'listLedgerCheckpoints',
  tags: ['fairness'],
  summary: 'Signed points of the ledger, newest first',
  description:
    'One a minute while the ledger moves. Each binds everything committed before it: keep one, and no outcome up to it can be ' +
    'changed unnoticed. The proof of an outcome leads to one of these.',
  request: { query },
  responses: {
    200: json(checkpointPage.meta({ id: 'LedgerCheckpoints' }), 'And every key that signed them.'),
    ...refusals(),
  },
})

export function addCheckpoints(app: Services, { checkpoints }: ServiceParts): void {
  app.openapi(route, async (c) => {
    const { before, limit } = c.req.valid('query')
    const { keys, checkpoints: list } = await checkpoints.list({ limit, ...(before && { before: BigInt(before) }) })
    return c.json({ keys: [...keys], checkpoints: [...list] }, 200)
  })
}
