import { createRoute } from '@hono/zod-openapi'
import { publicKeys } from '../schema/sign-in.ts'
import { json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

/** Far shorter than a key is published before it signs. */
const KEPT_S = 60

const route = createRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  operationId: 'listPublicKeys',
  tags: ['auth'],
  summary: 'The keys that access tokens are checked by (RFC 7517)',
  description:
    'Tokens are JWTs signed by Ed25519 (`alg` is EdDSA, RFC 8037); `kid` names the key. Keys change now and then: a new one stands ' +
    'here minutes before it signs, an old one until all it has signed has expired. A token that was revoked still checks out: ' +
    'only GET /auth/validate knows.',
  responses: {
    200: json(publicKeys.meta({ id: 'PublicKeys' }), 'May be kept for a minute.', {
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
          kid: 'kPrK_qmxVWaYVA9wwBF6Iu',
          alg: 'EdDSA',
          use: 'sig',
        },
      ],
    }),
    ...refusals(),
  },
})

export function addPublicKeys(app: Services, { access }: ServiceParts): void {
  app.openapi(route, (c) => {
    c.header('cache-control', `public, max-age=${KEPT_S}`)
    return c.json({ keys: [...access.publicKeys()] }, 200)
  })
}
