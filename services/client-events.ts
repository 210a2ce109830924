import { createRoute } from '@hono/zod-openapi'
import {
  CLIENT_EVENT_EARLY_MS,
  CLIENT_EVENT_LATE_MS,
  clientEventDays,
  clientEventQuery,
  clientEvents,
  clientEventsStored,
  type ClientEvent,
} from '../schema/client-event.ts'
import { RollingDropError } from '../schema/errors.ts'
import { demandRange } from './analytics-json.ts'
import type { Gates } from './caller.ts'
import { BEARER, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'
import { createRateLimit } from './rate-limit.ts'

const CALLER = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const

const routes = {
  tell: createRoute({
    method: 'post',
    path: '/analytics/events',
    operationId: 'tellClientEvents',
    tags: ['analytics'],
    summary: 'What a page or a widget tells of how it is used',
    description:
      'Up to a hundred in one go, by whoever is signed in, also as a guest. Each counts once by its id: after a failure send ' +
      'the same again. Properties are words and numbers; nothing in them names anybody.',
    security: BEARER,
    request: jsonBody(clientEvents, {
      events: [
        {
          id: '0189abcd-ef01-7234-8567-89abcdef0123',
          type: 'box.looked-at',
          at: 1_790_000_000_000,
          properties: { box: 'gold', seconds: 12.5 },
        },
      ],
    }),
    responses: {
      202: json(clientEventsStored.meta({ id: 'ClientEventsStored' }), 'Kept.', { stored: 1 }),
      ...refusals('request/too-large', 'server/busy', ...CALLER),
    },
  }),
  summary: createRoute({
    method: 'get',
    path: '/analytics/events/summary',
    operationId: 'getClientEvents',
    tags: ['analytics'],
    summary: 'How often which of them were told, by day of UTC',
    security: BEARER,
    request: { query: clientEventQuery },
    responses: {
      200: json(clientEventDays.meta({ id: 'ClientEventDays' }), 'Days first, then types.', {
        days: [{ day: '2026-01-31', type: 'box.looked-at', events: 5120, users: 310 }],
      }),
      ...refusals('auth/forbidden', ...CALLER),
    },
  }),
} as const

/** How pages and widgets are used, as they tell themselves. */
export function addClientEvents(app: Services, { analytics, config, clock }: ServiceParts, gates: Gates): void {
  const { clientEvents: store } = analytics
  const batches = createRateLimit({ perMinute: config.clientBatchesPerMinute, clock })
  app.openapi({ ...routes.tell, middleware: gates.signedIn }, async (c) => {
    const { tenant, user } = c.var.principal
    const { events } = c.req.valid('json')
    demandTimes(events, clock())
    batches.take(user)
    return c.json({ stored: await store.record({ tenant, user }, events) }, 202)
  })
  app.openapi({ ...routes.summary, middleware: gates.staff('analytics.read') }, async (c) => {
    const query = c.req.valid('query')
    demandRange(query)
    return c.json({ days: [...(await store.summary(c.var.principal.tenant, query))] }, 200)
  })
}

function demandTimes(events: readonly ClientEvent[], now_ms: number): void {
  const wrong = events.findIndex(({ at }) => at < now_ms - CLIENT_EVENT_LATE_MS || at > now_ms + CLIENT_EVENT_EARLY_MS)
  if (wrong < 0) return
  const message = 'it happened more than 7 days ago, or has not happened yet'
  throw new RollingDropError('request/invalid', { issues: [{ path: `events.${wrong}.at`, message }] })
}
