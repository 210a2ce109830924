import type { TypedResponse } from 'hono'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { OpenApiDocument } from './document.ts'
import { sayWhatIsOptional } from './optional-fields.ts'
import type { Services } from './parts.ts'

/** The security of a route that wants an access token. */
export const BEARER = [{ bearer: [] }]

/** What answers look like, by the id of their schema; recorded. */
const examples = JSON.parse(readFileSync(new URL('./examples.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>

function exampleOf(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodArray) {
    const one = exampleOf(schema.element as z.ZodType)
    return one === undefined ? undefined : [one]
  }
  const { id } = schema.meta() ?? {}
  return typeof id === 'string' ? examples[id] : undefined
}

/** A JSON answer with an example: the one given, or the one that belongs to its schema. */
export function json<T extends z.ZodType>(schema: T, description: string, example = exampleOf(schema)) {
  sayWhatIsOptional(schema)
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
  sayWhatIsOptional(schema)
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

/** Adds GET /openapi.json, and gives what it answers: the OpenAPI 3.1 document of all routes that `app` has when it is first asked for. */
export function addDocument(app: Services): () => OpenApiDocument {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of POST /auth/guest or POST /auth/refresh.',
  })
  let made: string | undefined
  const text = (): string => (made ??= JSON.stringify(app.getOpenAPI31Document(about), plainPattern))
  app.get('/openapi.json', (c) => c.body(text(), 200, { 'content-type': 'application/json' }))
  return () => JSON.parse(text()) as OpenApiDocument
}

const about = {
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
}

/** A pattern is written without its flags: JSON Schema has none, and reads every pattern as Unicode. */
function plainPattern(key: string, value: unknown): unknown {
  return key === 'pattern' && typeof value === 'string' ? value.replace(/\/[dgimsuvy]+$/, '') : value
}
