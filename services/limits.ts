import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { excludeSelf, limitAmount, limitKinds, ownLimits } from '../schema/limits.ts'
import type { Gates } from './caller.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const signedIn = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const
const commands = ['request/key-missing', 'request/key-reused', ...signedIn] as const
const ledgerAway = ['ledger/overloaded', 'ledger/unavailable'] as const

const example = {
  limits: [
    { kind: 'loss', asset: 'play:CREDIT', amount: '5000', left: '4250', raise: null },
    {
      kind: 'session',
      asset: 'minutes',
      amount: '60',
      left: '12',
      raise: { amount: '90', from_ms: 1_790_000_000_000 },
    },
  ],
  exclusion: null,
  choices: { coolOffHours: [1, 24, 168, 1008], selfExclusionDays: [183, 365, 1826] },
}

const told = json(
  ownLimits.meta({ id: 'OwnLimits' }),
  'All limits you have set, each with what is left of today; until when you have excluded yourself.',
  example,
)

const listRoute = createRoute({
  method: 'get',
  path: '/limits',
  operationId: 'listLimits',
  tags: ['wallet'],
  summary: 'What you let yourself spend, pay in and play in a day',
  security: BEARER,
  responses: { 200: told, ...refusals(...signedIn, ...ledgerAway) },
})

const setRoute = createRoute({
  method: 'put',
  path: '/limits/{kind}/{asset}',
  operationId: 'setLimit',
  tags: ['wallet'],
  summary: 'Limits what you can spend, pay in or play in a day (UTC)',
  description:
    '`loss` limits what you spend on openings and seats, `deposit` what you pay in, each of one money; `session` the minutes ' +
    'you play. A first or lower limit holds at once, and what was spent today counts. A higher one, or none (`amount: null`), holds a ' +
    'day later; while that is awaited no other can be asked for (`limit/raise-too-soon`). The ledger itself keeps it.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: {
    params: z.object({
      kind: z.enum(limitKinds),
      asset: z.string().max(100).describe('money, such as `play:CREDIT`; `minutes` of a session'),
    }),
    ...jsonBody(limitAmount, { amount: '5000' }),
  },
  responses: { 200: told, ...refusals(...commands, 'limit/raise-too-soon', ...ledgerAway) },
})

const excludeRoute = createRoute({
  method: 'post',
  path: '/limits/exclusion',
  operationId: 'excludeSelf',
  tags: ['wallet'],
  summary: 'Keeps you from spending and paying in for a while',
  description:
    'For one of the durations of `GET /limits`. Nobody can shorten it; what holds longer already stays. What you have can be withdrawn ' +
    'all the same. A self-exclusion also signs you out everywhere.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(excludeSelf, { kind: 'cool-off', hours: 24 }),
  responses: { 200: told, ...refusals(...commands, ...ledgerAway) },
})

/** Limits that people set for themselves. */
export function addLimits(app: Services, { limits, access }: ServiceParts, gates: Gates): void {
  app.openapi({ ...listRoute, middleware: gates.signedIn }, async (c) => c.json(await limits.own(c.var.principal), 200))
  app.openapi({ ...setRoute, middleware: gates.command }, async (c) => {
    const wanted = { ...c.req.valid('param'), amount: c.req.valid('json').amount }
    return c.json(await limits.set(c.var.principal, c.var.key, wanted), 200)
  })
  app.openapi({ ...excludeRoute, middleware: gates.command }, async (c) => {
    const { principal, key } = c.var
    const wanted = c.req.valid('json')
    const own = await limits.exclude(principal, key, wanted)
    if (wanted.kind === 'self-exclusion') await access.revoke(principal.tenant, { user: principal.user })
    return c.json(own, 200)
  })
}
