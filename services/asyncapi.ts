import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { channels } from '../schema/channels/all.ts'
import type { Channel, ChannelMessage } from '../schema/channels/channel.ts'
import { json } from './openapi.ts'
import type { Services } from './parts.ts'
import { refusals } from './problem.ts'

type Json = Record<string, unknown>

const description = `What is said and told over sockets and event streams. Requests stand in /openapi.json.

A position is \`lineage:seq\`. Whoever comes back with the last one (\`since\`) is told all that was missed, or \`recovered: false\`
and the latest events: never a part. Errors carry a \`code\`; \`retry\` says whether trying again can help.`

const route = createRoute({
  method: 'get',
  path: '/asyncapi.json',
  operationId: 'getAsyncApi',
  tags: ['operations'],
  summary: 'The AsyncAPI 3 document of all sockets and event streams',
  responses: { 200: json(z.object({}).loose().meta({ id: 'AsyncApi' }), 'The document.'), ...refusals() },
})

/** Adds GET /asyncapi.json. */
export function addAsyncDocument(app: Services): void {
  const document = asyncDocument()
  app.openapi(route, (c) => c.json(document, 200))
}

/** The AsyncAPI 3 document of all channels, from the schemas that their messages are read by. */
export function asyncDocument(): Json {
  return {
    asyncapi: '3.0.0',
    info: { title: 'RollingDrop', version: '1', description },
    defaultContentType: 'application/json',
    servers: Object.fromEntries(
      (['wss', 'https'] as const).map((protocol) => [
        protocol,
        { host: '{host}', protocol, variables: { host: { default: 'localhost:3000', description: 'where it runs' } } },
      ]),
    ),
    channels: Object.fromEntries(channels.map((channel) => [channel.id, channelOf(channel)])),
    operations: Object.fromEntries(channels.flatMap(operationsOf)),
  }
}

function channelOf(channel: Channel): Json {
  const { address, title, description, protocol, parameters, query } = channel
  const messages = [...messagesOf(channel, 'said'), ...messagesOf(channel, 'told')]
  return {
    address,
    title,
    description,
    servers: [{ $ref: `#/servers/${protocol}` }],
    messages: Object.fromEntries(messages),
    ...(parameters && {
      parameters: Object.fromEntries(Object.entries(parameters).map(([name, text]) => [name, { description: text }])),
    }),
    ...(query &&
      (protocol === 'wss'
        ? { bindings: { ws: { method: 'GET', query: jsonSchema(query, 'input') } } }
        : { 'x-query': jsonSchema(query, 'input') })),
  }
}

/** One entry for each type and encoding: `said.subscribe`, `told.frame`. */
function messagesOf(channel: Channel, direction: 'said' | 'told'): readonly (readonly [string, Json])[] {
  const [contentType, ...others] = channel.contentTypes
  return Object.entries(channel[direction]).map(([type, message]) => [
    `${direction}.${type}`,
    { ...messageOf(type, message, direction), contentType, ...(others.length > 0 && { 'x-content-types': others }) },
  ])
}

function messageOf(type: string, { summary, schema, example }: ChannelMessage, direction: 'said' | 'told'): Json {
  const payload = jsonSchema(schema, direction === 'said' ? 'input' : 'output')
  return { name: type, title: type, summary, payload, examples: [{ name: type, payload: example }] }
}

function operationsOf(channel: Channel): readonly (readonly [string, Json])[] {
  const directions = { said: 'receive', told: 'send' } as const
  return (['said', 'told'] as const)
    .filter((direction) => Object.keys(channel[direction]).length > 0)
    .map((direction) => [
      `${channel.id}.${direction}`,
      {
        action: directions[direction],
        channel: { $ref: `#/channels/${channel.id}` },
        messages: Object.keys(channel[direction]).map((type) => ({
          $ref: `#/channels/${channel.id}/messages/${direction}.${type}`,
        })),
      },
    ])
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io, reused: 'inline' })
  return rest
}
