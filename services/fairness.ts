import { createRoute } from '@hono/zod-openapi'
import { entropyChains } from '../schema/http.ts'
import { json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const route = createRoute({
  method: 'get',
  path: '/fairness/entropy',
  operationId: 'listEntropyChains',
  tags: ['fairness'],
  summary: 'The hash chains published beforehand',
  description:
    'Note the head before your battle starts: the public value of the battle must hash to it. Whoever runs this server ' +
    'made the chain and could know its values.',
  responses: {
    200: json(
      entropyChains.meta({ id: 'EntropyChains' }),
      'Those whose rounds have not all passed, in the order of their use.',
    ),
    ...refusals(),
  },
})

export function addFairness(app: Services, { entropy }: ServiceParts): void {
  app.openapi(route, (c) => c.json({ chains: [...entropy.published()] }, 200))
}
