import { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type Metric } from 'prom-client'
import type { ServiceEnv, ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const TYPE = 'text/plain; version=0.0.4; charset=utf-8'
/** Upper bounds in seconds: fine where answers should lie, coarse where they should not. */
const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

const route = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'getMetrics',
  tags: ['operations'],
  summary: 'What this node counts, as Prometheus reads it',
  description: 'The sinks of the bridge stand at `/health/bridge/metrics`.',
  responses: {
    200: {
      description: 'Counters begin at 0 with the node.',
      content: { [TYPE]: { schema: z.string(), example: 'rollingdrop_catalog_hit_rate 0.998\n' } },
    },
    ...refusals(),
  },
})

/** Of the process, which all nodes within it share. */
let ofProcess: Registry | undefined

/** What a node counts. Whoever has something to count registers it with `registry`. */
export type Metrics = Readonly<{
  registry: Registry
  /** Counts and times every request by its route. */
  requests: MiddlewareHandler<ServiceEnv>
}>

export function createMetrics(): Metrics {
  const registry = new Registry()
  const durations = new Histogram({
    name: 'rollingdrop_http_request_duration_seconds',
    help: 'From the first middleware to the answer, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_S,
    registers: [registry],
  })
  return {
    registry,
    async requests(c, next) {
      const begun = performance.now()
      await next()
      // The route that answered; a path of its own for each id would be a series of its own.
      const labels = { method: c.req.method, route: routePath(c, -1), status: `${c.res.status}` }
      durations.observe(labels, (performance.now() - begun) / 1000)
    },
  }
}

/** Adds GET /metrics, with what the catalogue counts. */
export function addMetrics(app: Services, { catalog }: Pick<ServiceParts, 'catalog'>, { registry }: Metrics): void {
  countCatalog(registry, catalog)
  app.openapi(route, async (c) => {
    const all = Registry.merge([processRegistry(), registry])
    return c.text(await all.metrics(), 200, { 'content-type': TYPE })
  })
}

function countCatalog(registry: Registry, catalog: ServiceParts['catalog']): void {
  const register = (metric: Metric): void => registry.registerMetric(metric)
  for (const kind of ['hits', 'misses'] as const)
    register(
      new Counter({
        name: `rollingdrop_catalog_${kind}_total`,
        help: `Questions to the catalogue that were ${kind === 'hits' ? '' : 'not '}answered from memory.`,
        registers: [],
        collect() {
          this.reset()
          this.inc(catalog.asked()[kind])
        },
      }),
    )
  register(
    new Gauge({
      name: 'rollingdrop_catalog_hit_rate',
      help: 'Of all questions to the catalogue the share that was answered from memory.',
      registers: [],
      collect() {
        const { hits, misses } = catalog.asked()
        this.set(hits + misses === 0 ? 1 : hits / (hits + misses))
      },
    }),
  )
}

function processRegistry(): Registry {
  if (ofProcess) return ofProcess
  ofProcess = new Registry()
  collectDefaultMetrics({ register: ofProcess })
  return ofProcess
}
