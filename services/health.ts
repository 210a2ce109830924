import { createRoute } from '@hono/zod-openapi'
import { RollingDropError } from '../schema/errors.ts'
import { health } from '../schema/http.ts'
import { json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

/** A database that has not answered by then counts as away. */
const PATIENCE_MS = 2000

const route = createRoute({
  method: 'get',
  path: '/health',
  operationId: 'getHealth',
  tags: ['operations'],
  summary: 'Whether this node can serve',
  responses: { 200: json(health.meta({ id: 'Health' }), 'Postgres answers.'), ...refusals('ledger/unavailable') },
})

export function addHealth(app: Services, { ledger, tail, node }: ServiceParts): void {
  app.openapi(route, async (c) => {
    const head = await within(PATIENCE_MS, ledger.reader.head())
    return c.json({ status: 'ok' as const, node, lineage: head.lineage, head: `${head.seq}`, tail: `${tail.seq}` }, 200)
  })
}

async function within<T>(patience_ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patience_ms} ms`)), patience_ms)
  })
  try {
    return await Promise.race([answer, tooLate])
  } catch (error) {
    throw new RollingDropError('ledger/unavailable', undefined, error)
  } finally {
    clearTimeout(timer)
  }
}
