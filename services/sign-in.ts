import { createRoute } from '@hono/zod-openapi'
import { MAIN_TENANT } from '../schema/account.ts'
import { tokens } from '../schema/http.ts'
import { changePassword, forgot, login, register, reset, sent, useLink } from '../schema/sign-in.ts'
import { arrived } from './arrival.ts'
import { bearerToken, type Gates } from './caller.ts'
import { BEARER, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const EMAIL = 'ann@example.org'
const LINK = 'Zx9…43 characters'
const signedIn = json(tokens.meta({ id: 'Tokens' }), 'Signed in.')

const routes = {
  register: createRoute({
    method: 'post',
    path: '/auth/register',
    operationId: 'register',
    tags: ['auth'],
    summary: 'Sends a link that makes an account',
    description:
      'With a guest’s token the guest becomes the account and keeps balance and things. The answer is the same for an address ' +
      'that has an account; its owner gets a mail that says so.',
    security: [{}, ...BEARER],
    request: jsonBody(register, { email: EMAIL, password: 'nine blue herons', name: 'Ann' }),
    responses: {
      202: json(sent.meta({ id: 'Sent' }), 'A mail is on its way.', { sent: true }),
      ...refusals(
        'auth/password',
        'auth/not-guest',
        'auth/slow-down',
        'auth/busy',
        'auth/token-invalid',
        'auth/revoked',
      ),
    },
  }),
  confirmEmail: createRoute({
    method: 'post',
    path: '/auth/confirm-email',
    operationId: 'confirmEmail',
    tags: ['auth'],
    summary: 'Makes the account a link was sent for, and signs in',
    request: jsonBody(useLink, { link: LINK }),
    responses: { 201: signedIn, ...refusals('auth/link', 'ledger/unavailable') },
  }),
  login: createRoute({
    method: 'post',
    path: '/auth/login',
    operationId: 'login',
    tags: ['auth'],
    summary: 'Signs in by address and password',
    description:
      'Where a second factor is in force, a request without `code` is refused with `auth/code-missing` once the password is ' +
      'right. Failures in a row make the next try wait.',
    request: jsonBody(login, { email: EMAIL, password: 'nine blue herons' }),
    responses: {
      200: signedIn,
      ...refusals('auth/credentials', 'auth/code-missing', 'auth/code', 'auth/slow-down', 'auth/busy'),
    },
  }),
  forgot: createRoute({
    method: 'post',
    path: '/auth/forgot',
    operationId: 'forgotPassword',
    tags: ['auth'],
    summary: 'Sends a link to choose a new password by',
    request: jsonBody(forgot, { email: EMAIL }),
    responses: {
      202: json(sent.meta({ id: 'Sent' }), 'A mail is on its way, whether or not there is such an account.', {
        sent: true,
      }),
      ...refusals('auth/slow-down'),
    },
  }),
  reset: createRoute({
    method: 'post',
    path: '/auth/reset',
    operationId: 'resetPassword',
    tags: ['auth'],
    summary: 'Sets a new password by a link, and ends all sessions',
    request: jsonBody(reset, { link: LINK, password: 'eleven green frogs' }),
    responses: { 204: { description: 'Set.' }, ...refusals('auth/link', 'auth/password', 'auth/busy') },
  }),
  changePassword: createRoute({
    method: 'post',
    path: '/auth/password',
    operationId: 'changePassword',
    tags: ['auth'],
    summary: 'Sets another password, and ends all other sessions',
    security: BEARER,
    request: jsonBody(changePassword, { before: 'nine blue herons', after: 'seven white cats' }),
    responses: {
      204: { description: 'Set.' },
      ...refusals(
        'auth/credentials',
        'auth/password',
        'auth/slow-down',
        'auth/busy',
        'auth/forbidden',
        'auth/token-missing',
      ),
    },
  }),
} as const

/** Signing up and in. Every route here is limited for each client address, and none tells who has an account. */
export function addSignIn(app: Services, parts: ServiceParts, gates: Gates): void {
  const { access, accounts } = parts
  app.openapi({ ...routes.register, middleware: gates.attempt }, async (c) => {
    const token = bearerToken(c)
    const guest = token === undefined ? undefined : await access.authenticate(token)
    await accounts.register({ tenant: MAIN_TENANT, ...c.req.valid('json'), guest }, c.var.origin)
    return c.json({ sent: true as const }, 202)
  })
  app.openapi({ ...routes.confirmEmail, middleware: gates.attempt }, async (c) =>
    c.json(arrived(c, parts, await accounts.confirmEmail(c.req.valid('json').link, c.var.origin)), 201),
  )
  app.openapi({ ...routes.login, middleware: gates.attempt }, async (c) =>
    c.json(arrived(c, parts, await accounts.login({ tenant: MAIN_TENANT, ...c.req.valid('json') }, c.var.origin)), 200),
  )
  app.openapi({ ...routes.forgot, middleware: gates.attempt }, async (c) => {
    const { email, tenant = MAIN_TENANT } = c.req.valid('json')
    await accounts.forgot(tenant, email, c.var.origin)
    return c.json({ sent: true as const }, 202)
  })
  app.openapi({ ...routes.reset, middleware: gates.attempt }, async (c) => {
    const { link, password } = c.req.valid('json')
    await accounts.reset(link, password)
    return c.body(null, 204)
  })
  app.openapi({ ...routes.changePassword, middleware: gates.signedInAttempt }, async (c) => {
    const { before, after } = c.req.valid('json')
    await accounts.changePassword(c.var.principal, before, after, c.var.origin)
    return c.body(null, 204)
  })
}
