import { createRoute } from '@hono/zod-openapi'
import { logoutRequest, refreshRequest, session, tokens } from '../schema/http.ts'
import { arrived } from './arrival.ts'
import { bearerToken, type Gates } from './caller.ts'
import { BEARER, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const guest = createRoute({
  method: 'post',
  path: '/auth/guest',
  operationId: 'createGuest',
  tags: ['auth'],
  summary: 'A new guest with a name and play credits, signed in',
  responses: {
    201: json(tokens.meta({ id: 'Tokens' }), 'The guest and their tokens.'),
    ...refusals('ledger/unavailable'),
  },
})

const refresh = createRoute({
  method: 'post',
  path: '/auth/refresh',
  operationId: 'refreshTokens',
  tags: ['auth'],
  summary: 'New tokens for a refresh token',
  description:
    'Each refresh token is good for one use. Using one again ends its session, unless that happens within seconds, as when ' +
    'two tabs send the same one: then both get the same answer.',
  request: jsonBody(refreshRequest, { refreshToken: '0zq3Q8mJ5d1w0J1f4C7n2b9Lk6s8T3v5X1y7R4u2E6o' }),
  responses: {
    200: json(tokens.meta({ id: 'Tokens' }), 'The next access token and refresh token.'),
    ...refusals('auth/token-invalid', 'auth/revoked'),
  },
})

const logout = createRoute({
  method: 'post',
  path: '/auth/logout',
  operationId: 'logout',
  tags: ['auth'],
  summary: 'Ends the session, on every node within 5 s',
  description: 'By its refresh token, or by the access token in Authorization.',
  security: [{}, ...BEARER],
  request: {
    body: {
      content: {
        'application/json': {
          schema: logoutRequest,
          example: { refreshToken: '0zq3Q8mJ5d1w0J1f4C7n2b9Lk6s8T3v5X1y7R4u2E6o' },
        },
      },
    },
  },
  responses: { 204: { description: 'Ended.' }, ...refusals('auth/token-missing', 'auth/token-invalid') },
})

const validate = createRoute({
  method: 'get',
  path: '/auth/validate',
  operationId: 'validateToken',
  tags: ['auth'],
  summary: 'Whom an access token belongs to',
  security: BEARER,
  responses: {
    200: json(session.meta({ id: 'Session' }), 'The token is good.'),
    ...refusals('auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'),
  },
})

export function addAuth(app: Services, parts: ServiceParts, gates: Gates): void {
  const { access } = parts
  app.openapi({ ...guest, middleware: gates.newcomer }, async (c) => {
    c.header('cache-control', 'no-store')
    return c.json(arrived(c, parts, await access.guest()), 201)
  })

  app.openapi({ ...refresh, middleware: gates.attempt }, async (c) => {
    c.header('cache-control', 'no-store')
    return c.json(arrived(c, parts, await access.refresh(c.req.valid('json').refreshToken)), 200)
  })

  app.openapi(logout, async (c) => {
    const { refreshToken } = c.req.valid('json')
    if (refreshToken === undefined) await access.logout(await access.authenticate(bearerToken(c)))
    else await access.logoutByRefreshToken(refreshToken)
    return c.body(null, 204)
  })

  app.openapi({ ...validate, middleware: gates.signedIn }, (c) => {
    const { user: id, name, guest, roles, tenant, session, expires_ms } = c.var.principal
    return c.json({ user: { id, name, guest, roles: [...roles] }, tenant, session, expiresAt: expires_ms }, 200)
  })
}
