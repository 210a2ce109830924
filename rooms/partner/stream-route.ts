import type { HttpBindings } from '@hono/node-server'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { Partner, PartnerAccess } from '../../access/partner.ts'
import type { LedgerReader, Tail } from '../../ledger/ledger.ts'
import { errorTable, type ErrorCode } from '../../schema/errors.ts'
import { problem } from '../../schema/http.ts'
import { PARTNER_SECURITY, partnerSecuritySchemes, streamPage, streamQuery } from '../../schema/partner.ts'
import { partnerTopics } from '../../schema/topic.ts'
import type { Log } from '../actor.ts'
import { wishOf } from '../feed/filter.ts'
import { readPosition, refusalOf } from '../feed-options.ts'
import { refusalFor, respond } from '../problem.ts'
import { signedRequestOf } from './caller.ts'
import { replay } from './replay.ts'
import { topicFor } from './topic.ts'

type Env = { Bindings: Partial<HttpBindings>; Variables: { partner: Partner } }

type Parts = Readonly<{
  partners: Pick<PartnerAccess, 'authenticate'>
  tail: Tail
  reader: Pick<LedgerReader, 'events' | 'head'>
  log: Log
}>

const EXAMPLE = {
  lineage: 'k3v9x2m4q8zt',
  from: '18211',
  to: '18240',
  events: [
    {
      seq: '18236',
      type: 'item.sold',
      actor: null,
      at_ms: 1_790_000_000_000,
      payload: {
        user: '0199aaaa-ac96-774b-bcce-b302099a8057',
        asset: 'item:play:tin-soldier',
        count: '1',
        paid: '400',
      },
    },
  ],
  next: null,
}

const description = `All events of the topic in your tenant, oldest first. \`from\` and \`to\` say which part of the history the page
covers: nothing of the topic within it is missing, and a page may be empty. While \`next\` is a position, ask on with it as \`since\`;
when it is null, come back later with \`lineage:to\`. The events and positions are those of \`/partner/ws/live-feed\`.`

const streamRoute = (authenticate: MiddlewareHandler<Env>) =>
  createRoute({
    method: 'get',
    path: '/partner/v1/stream/{topic}',
    operationId: 'readStream',
    tags: ['partners'],
    summary: 'What happened in your tenant, by topic, from any position on',
    description,
    security: PARTNER_SECURITY,
    middleware: [authenticate] as const,
    request: {
      params: z.object({
        topic: z
          .string()
          .max(100)
          .describe(`one of ${partnerTopics.join(', ')}`),
      }),
      query: streamQuery,
    },
    responses: {
      200: { description: 'A page.', content: { 'application/json': { schema: streamPage, example: EXAMPLE } } },
      ...refusals(
        'request/invalid',
        'feed/position',
        'partner/key-missing',
        'partner/key-unknown',
        'partner/stale',
        'partner/signature',
        'partner/replayed',
        'partner/forbidden',
        'partner/topic-unknown',
        'feed/lineage',
        'feed/too-old',
        'partner/quota',
        'ledger/unavailable',
      ),
    },
  })

/** `GET /partner/v1/stream/:topic`. Who calls is found out before anything of the request is judged. */
export function streamRoutes({ partners, tail, reader, log }: Parts): OpenAPIHono<Env> {
  const routes = new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (!result.success) throw refusalOf(result.error)
    },
  })
  for (const [name, scheme] of Object.entries(partnerSecuritySchemes))
    routes.openAPIRegistry.registerComponent('securitySchemes', name, scheme)
  routes.onError((thrown, c) => {
    const error = refusalFor(thrown)
    if (error.status === 500) log.error({ error: thrown, path: c.req.path }, 'no page could be told')
    return respond(c, error)
  })
  const authenticate: MiddlewareHandler<Env> = async (c, next) => {
    const incoming = c.env.incoming
    if (!incoming) throw new Error('partners are known by requests as they came over a connection')
    c.set('partner', await partners.authenticate(signedRequestOf(incoming)))
    await next()
  }
  routes.openapi(streamRoute(authenticate), async (c) => {
    const partner = c.get('partner')
    const { since, limit, tenant } = c.req.valid('query')
    const topic = topicFor(partner, { topic: c.req.valid('param').topic, tenant })
    const page = await replay({ tail, reader }, wishOf(partner.tenant, {}, topic), readPosition(since), limit)
    return c.json(page, 200, { 'cache-control': 'no-store' })
  })
  return routes
}

/** What the route's documentation says of its refusals: one response a status, with the codes it can carry. */
function refusals(...codes: readonly ErrorCode[]) {
  const responses: Record<number, { description: string; content: Record<string, { schema: typeof problem }> }> = {}
  for (const code of codes) {
    const { status, sentence } = errorTable[code]
    const line = `\`${code}\`: ${sentence}`
    const known = responses[status]
    responses[status] = {
      description: known ? `${known.description}\n\n${line}` : line,
      content: { 'application/problem+json': { schema: problem } },
    }
  }
  return responses
}
