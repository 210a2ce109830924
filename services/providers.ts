import { createRoute, z } from '@hono/zod-openapi'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { MAIN_TENANT } from '../schema/account.ts'
import { toRollingDropError } from '../schema/errors.ts'
import { tokens } from '../schema/http.ts'
import { departure, providers, useLink } from '../schema/sign-in.ts'
import { arrived } from './arrival.ts'
import { bearerToken, type Gates } from './caller.ts'
import { BEARER, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

/** What ties the way back to the browser that set out. */
const COOKIE = 'rollingdrop-departed'
const COOKIE_S = 600
const name = z.object({ name: z.string().max(40) })

const routes = {
  list: createRoute({
    method: 'get',
    path: '/auth/providers',
    operationId: 'listProviders',
    tags: ['auth'],
    summary: 'Whose accounts one can sign in with',
    responses: {
      200: json(providers.meta({ id: 'Providers' }), 'Their names.', { providers: ['example'] }),
      ...refusals(),
    },
  }),
  depart: createRoute({
    method: 'post',
    path: '/auth/providers/{name}',
    operationId: 'departToProvider',
    tags: ['auth'],
    summary: 'Where to send the browser to sign in there (OpenID Connect, code flow with PKCE)',
    description:
      'With a guest’s token the guest becomes the account. The cookie that is set has to come back with the browser.',
    security: [{}, ...BEARER],
    request: { params: name },
    responses: {
      200: json(departure.meta({ id: 'Departure' }), 'Send the browser there.', {
        url: 'https://id.example.org/auth?…',
      }),
      ...refusals('auth/provider-unknown', 'auth/provider', 'server/busy', 'auth/token-invalid', 'auth/revoked'),
    },
  }),
  arrive: createRoute({
    method: 'get',
    path: '/auth/providers/{name}/return',
    operationId: 'returnFromProvider',
    tags: ['auth'],
    summary: 'Where the provider sends the browser back to',
    request: { params: name },
    responses: {
      302: { description: 'To the pages: with a link that signs in once, or with the code of why not.' },
      ...refusals(),
    },
  }),
  finish: createRoute({
    method: 'post',
    path: '/auth/providers/finish',
    operationId: 'finishSignIn',
    tags: ['auth'],
    summary: 'Signs in by the link the browser came back with',
    request: jsonBody(useLink, { link: 'Zx9…43 characters' }),
    responses: { 200: json(tokens.meta({ id: 'Tokens' }), 'Signed in.'), ...refusals('auth/link') },
  }),
} as const

/** Signing in with somebody else's account. */
export function addProviders(app: Services, parts: ServiceParts, gates: Gates): void {
  const { access, providerSignIn, config, log } = parts
  app.openapi(routes.list, (c) => c.json({ providers: [...providerSignIn.names] }, 200))
  // Before the route with a name in its place: `finish` is none.
  app.openapi({ ...routes.finish, middleware: gates.attempt }, async (c) =>
    c.json(arrived(c, parts, await providerSignIn.finish(c.req.valid('json').link, c.var.origin.device)), 200),
  )
  app.openapi({ ...routes.depart, middleware: gates.attempt }, async (c) => {
    const token = bearerToken(c)
    const guest = token === undefined ? undefined : await access.authenticate(token)
    const { url, state } = await providerSignIn.depart(MAIN_TENANT, c.req.valid('param').name, guest)
    setCookie(c, COOKIE, state, {
      path: '/auth/providers',
      httpOnly: true,
      secure: config.site.startsWith('https:'),
      sameSite: 'Lax',
      maxAge: COOKIE_S,
    })
    return c.json({ url }, 200)
  })
  app.openapi({ ...routes.arrive, middleware: gates.attempt }, async (c) => {
    const state = getCookie(c, COOKIE)
    deleteCookie(c, COOKIE, { path: '/auth/providers' })
    try {
      const link = await providerSignIn.arrive(c.req.valid('param').name, new URL(c.req.url), state)
      return c.redirect(`${config.site}/account/signed-in#${link}`, 302)
    } catch (thrown) {
      const error = toRollingDropError(thrown)
      log.warn({ err: error, cause: error.cause }, 'signing in with a provider')
      return c.redirect(`${config.site}/account?refused=${encodeURIComponent(error.code)}`, 302)
    }
  })
}
