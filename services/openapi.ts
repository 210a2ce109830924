import type { TypedResponse } from 'hono'
import type { z } from 'zod'
import type { Services } from './parts.ts'

/** The security of a route that wants an access token. */
export const BEARER = [{ bearer: [] }]

/** A JSON answer, with an example where it helps. */
export function json<T extends z.ZodType>(schema: T, description: string, example?: unknown) {
  const content = example === undefined ? { schema } : { schema, example }
  return { description, content: { 'application/json': content } }
}

/** A JSON answer of which the pieces come one after the other; the next one is asked for when the last one has gone out. */
export function asJson<T>(pieces: AsyncIterable<string>): TypedResponse<T, 200, 'json'> {
  const encoder = new TextEncoder()
  const taken = pieces[Symbol.asyncIterator]()
  const body = new ReadableStream<Uint8Array>({
    async pull(into) {
      const { done, value } = await taken.next()
      if (done) into.close()
      else into.enqueue(encoder.encode(value))
    },
    async cancel() {
      await taken.return?.()
    },
  })
  // The router's types know bodies that are whole.
  return new Response(body, { headers: { 'content-type': 'application/json' } }) as unknown as TypedResponse<
    T,
    200,
    'json'
  >
}

/** A JSON body that must be there. */
export function jsonBody<T extends z.ZodType>(schema: T, example?: unknown) {
  const content = example === undefined ? { schema } : { schema, example }
  return { body: { required: true, content: { 'application/json': content } } }
}

/** The header of every command that moves money, for the document; it is checked before the body is read. */
export const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description:
    '1 … 128 visible ASCII characters, chosen by the caller. The same key with the same body does the command once and ' +
    'answers the same; with another body it is refused. Remembered for 7 days.',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
  example: '3f0c6c0e-6c55-4c0e-9a53-0f8f6a1f2a10',
} as const

const description = `Mystery-box battles that can be checked afterwards.

Amounts are decimal strings in the smallest unit of their asset: \`"250"\` of \`play:CREDIT\` is 2.50 credits. Play credits and
everything won with them are worth nothing real.

What goes on being told, over sockets and as events, stands in [/asyncapi.json](/asyncapi.json): the live feed, battles, one's session.

Refusals are problem documents (RFC 9457); \`code\` says which, \`retry\` whether trying again can help, and with 429 and 503
\`Retry-After\` says when. Pages go from newest to oldest: \`next\` of one is the \`cursor\` of the following.`

/** Adds GET /openapi.json: the OpenAPI 3.1 document of all routes added to `app`. */
export function addDocument(app: Services): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of POST /auth/guest or POST /auth/refresh.',
  })
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'RollingDrop', version: '1', description },
    servers: [{ url: '/' }],
    tags: [
      { name: 'auth', description: 'Sessions and tokens.' },
      { name: 'boxes', description: 'What can be opened, with every chance.' },
      { name: 'battles', description: 'Battles and their proofs. Playing happens over the socket.' },
      { name: 'wallet', description: 'Your own balances, items and statement.' },
      { name: 'inventory', description: 'Items: whose they are, and what becomes of them.' },
      { name: 'market', description: 'What users sell to each other.' },
      { name: 'trades', description: 'Items and money between two users.' },
      { name: 'analytics', description: 'What has been played, as figures.' },
      { name: 'fairness', description: 'What was published beforehand.' },
      { name: 'partners', description: 'For partners, about their own tenant. Calls are signed.' },
      { name: 'admin', description: 'For the staff of a tenant, by its roles.' },
      { name: 'operations', description: 'For whoever runs it.' },
    ],
  })
}
