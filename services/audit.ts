import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { actPage } from '../schema/staff.ts'
import type { Gates } from './caller.ts'
import { BEARER, json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const time = z.coerce.number().int().min(0).max(8_640_000_000_000_000).optional()
const word = z.string().max(200).optional()

const route = createRoute({
  method: 'get',
  path: '/admin/audit',
  operationId: 'listActs',
  tags: ['admin'],
  summary: 'What the staff did, newest first',
  description:
    'Read from the ledger’s own events, in which nothing can be changed or left out without `npm run audit` naming it.',
  security: BEARER,
  request: {
    query: z.object({
      by: word.describe('who did it'),
      action: word,
      object: word.describe('what it was done to, such as user:<id>'),
      from: time.describe('unix ms, included'),
      until: time.describe('unix ms, not included'),
      cursor: z
        .string()
        .regex(/^[0-9]{1,18}$/, 'not the `next` of a page')
        .optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  responses: {
    200: json(actPage.meta({ id: 'ActPage' }), 'Of one’s own tenant.', {
      acts: [
        {
          seq: '4711',
          at: 1_790_000_000_000,
          by: '018bcfe5-6800-7000-8000-000000000001',
          action: 'user.roles',
          object: 'user:018bcfe5-6800-7000-8000-000000000002',
          before: { roles: ['player'] },
          after: { roles: ['player', 'support'] },
        },
      ],
      next: null,
    }),
    ...refusals('auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked', 'auth/forbidden'),
  },
})

export function addAudit(app: Services, { staff }: ServiceParts, gates: Gates): void {
  app.openapi({ ...route, middleware: gates.staff('audit.read') }, async (c) =>
    c.json(await staff.acts(c.var.principal, c.req.valid('query')), 200),
  )
}
