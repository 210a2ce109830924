import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { MAIN_TENANT } from '../schema/account.ts'
import { RollingDropError } from '../schema/errors.ts'
import { beginSeeds, openBoxes, opened, openingProof, ownSeeds } from '../schema/opening.ts'
import type { Gates } from './caller.ts'
import { LIMIT_REFUSALS } from './limit-refusals.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const signedIn = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const
const told = json(ownSeeds.meta({ id: 'OwnSeeds' }), 'The pair in use, the next one, and the one before, revealed.')

const proofRoute = createRoute({
  method: 'get',
  path: '/openings/{openingId}/proof',
  operationId: 'getOpeningProof',
  tags: ['fairness'],
  summary: 'All that is needed to recompute a solo opening',
  description:
    'It names the user. So the id of an opening is told to its user alone: whoever else is to check it has the id from them.',
  request: { params: z.object({ openingId: z.string().max(64) }) },
  responses: {
    200: json(openingProof.meta({ id: 'OpeningProof' }), 'The server seed is null until its pair is rotated.'),
    ...refusals('opening/unknown'),
  },
})

const seedsRoute = createRoute({
  method: 'get',
  path: '/seeds',
  operationId: 'getSeeds',
  tags: ['fairness'],
  summary: 'The seeds that your boxes are opened with',
  description:
    'Note the hash of the next pair before you begin it: your client seed is to be given when that was told.',
  security: BEARER,
  responses: { 200: told, ...refusals(...signedIn, 'ledger/overloaded', 'ledger/unavailable') },
})

const beginRoute = createRoute({
  method: 'post',
  path: '/seeds',
  operationId: 'beginSeeds',
  tags: ['fairness'],
  summary: 'Begins the next pair of seeds with a client seed of yours, and reveals the pair before',
  description:
    'Names the pair to begin, so that it can be sent again: it is begun once. `seeds/unknown`: that is not the next pair, or ' +
    'was begun with another client seed.',
  security: BEARER,
  request: jsonBody(beginSeeds, {
    seeds: '0199aa00-0000-7000-8000-000000000000',
    clientSeed: '6f1a4c0d9b2e8f7a35c4d1e0b9a8f7e6d5c4b3a291807f6e5d4c3b2a19080706',
  }),
  responses: { 200: told, ...refusals(...signedIn, 'seeds/unknown', 'ledger/overloaded', 'ledger/unavailable') },
})

const openRoute = createRoute({
  method: 'post',
  path: '/transactions/open-box',
  operationId: 'openBox',
  tags: ['wallet'],
  summary: 'Opens a box, up to a hundred times in one go',
  description:
    'Drawn with your pair of seeds, which is to be begun before (`seeds/unknown` until then). With `boxHash`, the `hash` of the ' +
    'contents you have seen, exactly those are opened: `box/changed` says that they are not on offer any more.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(openBoxes, { box: 'pocket-change', count: 3 }),
  responses: {
    200: json(opened.meta({ id: 'Opened' }), 'Opened, or opened before under this key. `balance` is the one after it.'),
    ...refusals(
      'request/key-missing',
      'request/key-reused',
      ...signedIn,
      'box/unknown',
      'box/changed',
      'seeds/unknown',
      'opening/nonce',
      ...LIMIT_REFUSALS,
      'ledger/insufficient',
      'ledger/overloaded',
      'ledger/unavailable',
    ),
  },
})

export function addOpenings(app: Services, { openings }: ServiceParts, gates: Gates): void {
  app.openapi(proofRoute, async (c) => {
    const { openingId } = c.req.valid('param')
    const proof = await openings.proof(MAIN_TENANT, openingId)
    if (!proof) throw new RollingDropError('opening/unknown', { opening: openingId })
    return c.json(proof, 200)
  })
  app.openapi({ ...seedsRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await openings.seeds(c.var.principal), 200),
  )
  app.openapi({ ...beginRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await openings.begin(c.var.principal, c.req.valid('json')), 200),
  )
  app.openapi({ ...openRoute, middleware: gates.command }, async (c) =>
    c.json(await openings.open(c.var.principal, c.var.key, c.req.valid('json')), 200),
  )
}
