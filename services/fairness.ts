import { createRoute } from '@hono/zod-openapi'
import { entropySources } from '../schema/http.ts'
import { json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const route = createRoute({
  method: 'get',
  path: '/fairness/entropy',
  operationId: 'listEntropySources',
  tags: ['fairness'],
  summary: 'Where the public values of new battles come from',
  description:
    'Either hash chains published beforehand: note the head before your battle starts, the public value of the battle must ' +
    'hash to it; whoever runs this server made the chain and could know its values. Or the beacon drand, whose rounds nobody ' +
    'can know before they are due: each is signed with its public key.',
  responses: {
    200: json(
      entropySources.meta({ id: 'EntropySources' }),
      'The chains whose rounds have not all passed, in the order of their use, or the beacon.',
    ),
    ...refusals(),
  },
})

export function addFairness(app: Services, { entropy }: ServiceParts): void {
  app.openapi(route, (c) => {
    const { beacon } = entropy
    const drand = beacon && { drand: { ...beacon, urls: [...beacon.urls] } }
    return c.json({ chains: [...entropy.published()], ...drand }, 200)
  })
}
