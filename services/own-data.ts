import { createRoute } from '@hono/zod-openapi'
import { readPreferences, writePreferences } from '../access/preferences.ts'
import { erasedNow, exported, exportExample, preferences, type Preferences } from '../schema/staff.ts'
import type { Gates } from './caller.ts'
import { asJson, BEARER, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'
import { createRateLimit } from './rate-limit.ts'

const CALLER = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const
const EXPORTS_PER_MINUTE = 2
const EXAMPLE: Preferences = { language: 'en', sound: true, marketingMail: false, showName: true }
const told = json(preferences.meta({ id: 'Preferences' }), 'As they are now.', EXAMPLE)

const routes = {
  preferences: createRoute({
    method: 'get',
    path: '/me/preferences',
    operationId: 'getPreferences',
    tags: ['auth'],
    summary: 'What one prefers',
    security: BEARER,
    responses: { 200: told, ...refusals(...CALLER) },
  }),
  prefer: createRoute({
    method: 'put',
    path: '/me/preferences',
    operationId: 'setPreferences',
    tags: ['auth'],
    summary: 'Sets all of one’s preferences',
    description: 'What is left out is as it is for everybody at first.',
    security: BEARER,
    request: jsonBody(preferences, EXAMPLE),
    responses: { 200: told, ...refusals(...CALLER) },
  }),
  export: createRoute({
    method: 'get',
    path: '/me/export',
    operationId: 'exportOwnData',
    tags: ['auth'],
    summary: 'All that is kept of oneself, but for secrets',
    description: 'One JSON document, streamed. Twice a minute at most.',
    security: BEARER,
    responses: {
      200: json(exported.meta({ id: 'Exported' }), 'Streamed.', exportExample),
      ...refusals('user/unknown', 'ledger/unavailable', ...CALLER),
    },
  }),
  erase: createRoute({
    method: 'post',
    path: '/me/erase',
    operationId: 'eraseOneself',
    tags: ['auth'],
    summary: 'Erases who one is, for good, and ends all sessions',
    description:
      'Wants a fresh proof (POST /auth/confirm) of whoever has an account. Refused while something is open: `open` names ' +
      '`balances` of real money and things, `holds`, `debts`, `battles` and what else is under way. The ledger keeps what it says ' +
      'of an id that is nobody’s any more.',
    security: BEARER,
    responses: {
      200: json(erasedNow.meta({ id: 'Erased' }), 'Erased.', { erased: true }),
      ...refusals('auth/confirm', 'user/unknown', 'user/unsettled', 'auth/role', 'ledger/unavailable', ...CALLER),
    },
  }),
} as const

/** What people decide on what is kept of them. */
export function addOwnData(app: Services, { pool, staff, accounts, clock }: ServiceParts, gates: Gates): void {
  const exports = createRateLimit({ perMinute: EXPORTS_PER_MINUTE, clock })
  app.openapi({ ...routes.preferences, middleware: gates.signedIn }, async (c) =>
    c.json(await readPreferences(pool, c.var.principal.user), 200),
  )
  app.openapi({ ...routes.prefer, middleware: gates.signedIn }, async (c) => {
    const wanted = c.req.valid('json')
    await writePreferences(pool, c.var.principal.user, wanted, clock())
    return c.json(wanted, 200)
  })
  app.openapi({ ...routes.export, middleware: gates.signedIn }, async (c) => {
    exports.take(c.var.principal.user)
    return asJson(await staff.export(c.var.principal, c.var.principal.user))
  })
  app.openapi({ ...routes.erase, middleware: gates.signedInAttempt }, async (c) => {
    // A guest has nothing to prove it by but the token.
    if (!c.var.principal.guest) await accounts.demandConfirmed(c.var.principal)
    await staff.erase(c.var.principal, c.var.principal.user)
    return c.json({ erased: true as const }, 200)
  })
}
