import { OpenAPIHono } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import { QUICKNET } from '../game/fairness/beacon.ts'
import { addFairness } from './fairness.ts'
import type { ServiceEnv, ServiceParts } from './parts.ts'

const asked = async (entropy: ServiceParts['entropy']): Promise<unknown> => {
  const app = new OpenAPIHono<ServiceEnv>()
  addFairness(app, { entropy } as ServiceParts)
  return (await app.request('/fairness/entropy')).json()
}

test('what checks a battle can be noted beforehand: the heads of the chains, or what drand is', async () => {
  const chain = { id: 'c', head: 'aa', length: 8, starts_at_ms: 0, period_ms: 1000 }
  expect(await asked({ published: () => [chain] })).toEqual({ chains: [chain] })
  const urls = ['https://api.drand.sh']
  expect(await asked({ published: () => [], beacon: { ...QUICKNET, urls } })).toEqual({
    chains: [],
    drand: { ...QUICKNET, urls },
  })
})
