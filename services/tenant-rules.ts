import { createRoute } from '@hono/zod-openapi'
import { tenantRules } from '../schema/person.ts'
import type { Gates } from './caller.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const signedIn = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const
const example = { ageMin: 18, countriesBlocked: ['BE', 'NL'], realMoney: true }
const told = json(tenantRules.meta({ id: 'TenantRules' }), 'Of your own tenant.', example)

const getRoute = createRoute({
  method: 'get',
  path: '/admin/tenant-rules',
  operationId: 'getTenantRules',
  tags: ['operations'],
  summary: 'What may be sold to whom for real money',
  security: BEARER,
  responses: { 200: told, ...refusals(...signedIn, 'auth/forbidden', 'ledger/unavailable') },
})

const setRoute = createRoute({
  method: 'put',
  path: '/admin/tenant-rules',
  operationId: 'setTenantRules',
  tags: ['operations'],
  summary: 'Sets what may be sold to whom for real money',
  description:
    'On every node it holds within a second. Play money is for everyone. Where somebody else answers for the age of a tenant’s ' +
    'users, `ageMin` 0 with no country blocked asks them nothing.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(tenantRules, example),
  responses: {
    200: told,
    ...refusals('request/key-missing', ...signedIn, 'auth/forbidden', 'ledger/overloaded', 'ledger/unavailable'),
  },
})

/** The law, as it holds for each tenant. */
export function addTenantRules(app: Services, { persons }: ServiceParts, gates: Gates): void {
  app.openapi({ ...getRoute, middleware: gates.staff('users.read') }, async (c) =>
    c.json(await persons.rules(c.var.principal.tenant), 200),
  )
  app.openapi({ ...setRoute, middleware: gates.staffCommand('rules.write') }, async (c) => {
    await persons.setRules(c.var.principal, c.req.valid('json'))
    return c.json(await persons.rules(c.var.principal.tenant), 200)
  })
}
