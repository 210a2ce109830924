import { createRoute, z } from '@hono/zod-openapi'
import { confirmed, enrolment, ownSessions, proof, recovery, secondFactor, withCode } from '../schema/sign-in.ts'
import type { Gates } from './caller.ts'
import { BEARER, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const CALLER = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const
const sessionId = z.object({ id: z.string().max(64) })

const routes = {
  sessions: createRoute({
    method: 'get',
    path: '/auth/sessions',
    operationId: 'listSessions',
    tags: ['auth'],
    summary: 'One’s own sessions, newest first',
    security: BEARER,
    responses: { 200: json(ownSessions.meta({ id: 'OwnSessions' }), 'At most a hundred.'), ...refusals(...CALLER) },
  }),
  endSession: createRoute({
    method: 'delete',
    path: '/auth/sessions/{id}',
    operationId: 'endSession',
    tags: ['auth'],
    summary: 'Ends one of one’s own sessions, on every node within 5 s',
    security: BEARER,
    request: { params: sessionId },
    responses: { 204: { description: 'Ended.' }, ...refusals('request/not-found', ...CALLER) },
  }),
  confirm: createRoute({
    method: 'post',
    path: '/auth/confirm',
    operationId: 'confirmSession',
    tags: ['auth'],
    summary: 'Proves once more who one is, for what needs a fresh proof',
    description: 'By a code where a second factor is in force, else by the password. It counts for five minutes.',
    security: BEARER,
    request: jsonBody(proof, { password: 'nine blue herons' }),
    responses: {
      200: json(confirmed.meta({ id: 'Confirmed' }), 'Confirmed.', { until: 1_790_000_000_000 }),
      ...refusals(
        'auth/credentials',
        'auth/code-missing',
        'auth/code',
        'auth/slow-down',
        'auth/busy',
        'auth/forbidden',
        ...CALLER,
      ),
    },
  }),
  secondFactor: createRoute({
    method: 'get',
    path: '/auth/second-factor',
    operationId: 'getSecondFactor',
    tags: ['auth'],
    summary: 'Whether an authenticator app is asked for at sign-in',
    security: BEARER,
    responses: {
      200: json(secondFactor.meta({ id: 'SecondFactor' }), 'Whether.', { inForce: false }),
      ...refusals(...CALLER),
    },
  }),
  enrol: createRoute({
    method: 'post',
    path: '/auth/second-factor',
    operationId: 'enrolSecondFactor',
    tags: ['auth'],
    summary: 'A key for an authenticator app (RFC 6238), in force once its first code is confirmed',
    security: BEARER,
    responses: {
      201: json(enrolment.meta({ id: 'Enrolment' }), 'Shown this once.'),
      ...refusals('auth/totp', 'auth/confirm', 'auth/forbidden', ...CALLER),
    },
  }),
  confirmFactor: createRoute({
    method: 'post',
    path: '/auth/second-factor/confirm',
    operationId: 'confirmSecondFactor',
    tags: ['auth'],
    summary: 'Puts the key in force by its first code',
    security: BEARER,
    request: jsonBody(withCode, { code: '123456' }),
    responses: {
      200: json(recovery.meta({ id: 'Recovery' }), 'In force.'),
      ...refusals('auth/totp', 'auth/code', ...CALLER),
    },
  }),
  endFactor: createRoute({
    method: 'post',
    path: '/auth/second-factor/end',
    operationId: 'endSecondFactor',
    tags: ['auth'],
    summary: 'Ends the second factor, by a last code',
    security: BEARER,
    request: jsonBody(withCode, { code: '123456' }),
    responses: { 204: { description: 'Ended.' }, ...refusals('auth/code', ...CALLER) },
  }),
} as const

/** What people do with their own account once they are signed in. */
export function addOwnAccount(app: Services, { accounts }: ServiceParts, gates: Gates): void {
  app.openapi({ ...routes.sessions, middleware: gates.signedIn }, async (c) => {
    const sessions = await accounts.sessions(c.var.principal)
    return c.json(
      {
        sessions: sessions.map(({ id, device, created_ms, current }) => ({
          id,
          device,
          createdAt: created_ms,
          current,
        })),
      },
      200,
    )
  })
  app.openapi({ ...routes.endSession, middleware: gates.signedIn }, async (c) => {
    await accounts.endSession(c.var.principal, c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi({ ...routes.confirm, middleware: gates.signedInAttempt }, async (c) => {
    const { until_ms } = await accounts.confirm(c.var.principal, c.req.valid('json'), c.var.origin)
    return c.json({ until: until_ms }, 200)
  })
  app.openapi({ ...routes.secondFactor, middleware: gates.signedIn }, async (c) =>
    c.json({ inForce: await accounts.hasSecondFactor(c.var.principal) }, 200),
  )
  app.openapi({ ...routes.enrol, middleware: gates.signedInAttempt }, async (c) => {
    await accounts.demandConfirmed(c.var.principal)
    return c.json(await accounts.enrol(c.var.principal), 201)
  })
  app.openapi({ ...routes.confirmFactor, middleware: gates.signedInAttempt }, async (c) => {
    const recoveryCodes = await accounts.confirmSecondFactor(c.var.principal, c.req.valid('json').code)
    return c.json({ recoveryCodes: [...recoveryCodes] }, 200)
  })
  app.openapi({ ...routes.endFactor, middleware: gates.signedInAttempt }, async (c) => {
    await accounts.endSecondFactor(c.var.principal, c.req.valid('json').code)
    return c.body(null, 204)
  })
}
