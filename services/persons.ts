import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { ownPerson, personStatement, proofBegun, proofDecision, proofVerdict } from '../schema/person.ts'
import type { Gates } from './caller.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const signedIn = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const
const example = { birthDate: '1990-02-28', country: 'DE', refusal: null, proof: 'none' }
const told = json(ownPerson.meta({ id: 'OwnPerson' }), 'Told to nobody but you and whoever has to see to it.', example)

const getRoute = createRoute({
  method: 'get',
  path: '/person',
  operationId: 'getPerson',
  tags: ['wallet'],
  summary: 'What you have told of yourself, and what follows from it for real money',
  security: BEARER,
  responses: { 200: told, ...refusals(...signedIn, 'ledger/unavailable') },
})

const stateRoute = createRoute({
  method: 'put',
  path: '/person',
  operationId: 'statePerson',
  tags: ['wallet'],
  summary: 'Tells your date of birth and your country',
  description:
    'Wanted before anything is bought or paid in with real money; play money needs none of it. The date of birth can be told once, the ' +
    'country changed until you have proved who you are (`person/stated` after that). It rests sealed, and goes when you are erased.',
  security: BEARER,
  request: jsonBody(personStatement, { birthDate: '1990-02-28', country: 'DE' }),
  responses: { 200: told, ...refusals(...signedIn, 'person/stated', 'ledger/overloaded', 'ledger/unavailable') },
})

const proofRoute = createRoute({
  method: 'post',
  path: '/person/proof',
  operationId: 'beginProof',
  tags: ['wallet'],
  summary: 'Begins a check of your identity by a provider',
  description: 'Wanted before your first withdrawal. An open check is gone on with. `GET /person` says how it ended.',
  security: BEARER,
  responses: {
    200: json(proofBegun.meta({ id: 'ProofBegun' }), 'Go there.', { url: 'https://identity.example/checks/7f3a' }),
    ...refusals(...signedIn, 'person/age-unknown', 'person/stated', 'person/unavailable', 'ledger/unavailable'),
  },
})

const webhookRoute = createRoute({
  method: 'post',
  path: '/persons/webhooks/{provider}',
  operationId: 'hearProof',
  tags: ['operations'],
  summary: 'Where a provider of identity checks tells how one ended',
  description:
    'Signed in `X-Kyc-Signature`: HMAC-SHA256, in hex, of the value of `X-Kyc-Time` (unix ms, ± 300 s), a dot, and the body. Told ' +
    'twice, late or out of order it changes nothing: the first verdict stands.',
  request: {
    params: z.object({ provider: z.string().max(40) }),
    ...jsonBody(proofDecision, { reference: '7f3a', result: 'proven' }),
  },
  responses: {
    204: { description: 'Taken.' },
    ...refusals(
      'person/signature',
      'person/unknown-proof',
      'request/not-found',
      'ledger/overloaded',
      'ledger/unavailable',
    ),
  },
})

const decideRoute = createRoute({
  method: 'put',
  path: '/admin/users/{userId}/proof',
  operationId: 'decideProof',
  tags: ['operations'],
  summary: 'Says in the place of a provider whether somebody is who they say',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: {
    params: z.object({ userId: z.uuid() }),
    ...jsonBody(proofVerdict, { result: 'proven' }),
  },
  responses: {
    200: json(ownPerson, 'As it stands now; who was proven stays so.', { ...example, proof: 'proven' }),
    ...refusals(
      'request/key-missing',
      ...signedIn,
      'auth/forbidden',
      'user/unknown',
      'ledger/overloaded',
      'ledger/unavailable',
    ),
  },
})

/** Who people are outside of here. */
export function addPersons(app: Services, { persons }: ServiceParts, gates: Gates): void {
  app.openapi({ ...getRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await persons.standing(c.var.principal), 200),
  )
  app.openapi({ ...stateRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await persons.state(c.var.principal, c.req.valid('json')), 200),
  )
  app.openapi({ ...proofRoute, middleware: gates.signedInAttempt }, async (c) =>
    c.json(await persons.beginProof(c.var.principal), 200),
  )
  app.openapi(webhookRoute, async (c) => {
    const webhook = { headers: c.req.header(), body: await c.req.text() }
    await persons.heard(c.req.valid('param').provider, webhook)
    return c.body(null, 204)
  })
  app.openapi({ ...decideRoute, middleware: gates.staffCommand('users.act') }, async (c) =>
    c.json(await persons.decide(c.var.principal, c.req.valid('param').userId, c.req.valid('json').result), 200),
  )
}
