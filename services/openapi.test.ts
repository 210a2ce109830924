import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { errorTable } from '../schema/errors.ts'
import { openTestNode, type TestNode } from '../test/node.ts'
import { operationsOf, type Operation, type OpenApiDocument } from './document.ts'

let node: TestNode
let document: OpenApiDocument
let operations: readonly Operation[]
beforeAll(async () => {
  node = await openTestNode()
  document = (await node.call('GET', '/openapi.json')).body as OpenApiDocument
  operations = operationsOf(document)
})
afterAll(() => node.close())

/** Names of the operations that something is wrong with. */
const wrong = (isWrong: (operation: Operation) => boolean): string[] =>
  operations.filter(isWrong).map(({ method, path }) => `${method} ${path}`)

describe('the OpenAPI document', () => {
  test('is valid by the schema of OpenAPI 3.1', async () => {
    expect(document.openapi).toMatch(/^3\.1\./)
    const { valid, errors } = await new Validator().validate(structuredClone(document))
    expect(errors ?? []).toEqual([])
    expect(valid).toBe(true)
  })

  test('names every route that answers: none is left out', () => {
    const written = new Set(operations.map(({ method, path }) => `${method} ${path}`))
    const served = node.app.routes
      .filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`)
    const isHidden = (name: string) => name === 'GET /openapi.json'
    expect([...new Set(served)].filter((name) => !written.has(name) && !isHidden(name))).toEqual([])
  })

  test('gives every operation an id of its own, a known tag and one line about it', () => {
    const ids = operations.map(({ operationId }) => operationId)
    expect(ids.filter((id, at) => id === undefined || ids.indexOf(id) !== at)).toEqual([])
    const tags = new Set(document.tags.map(({ name }) => name))
    expect(wrong(({ tags: own = [] }) => own.length === 0 || own.some((tag) => !tags.has(tag)))).toEqual([])
    expect(wrong(({ summary = '' }) => summary.length < 5 || summary.length > 120 || summary.endsWith('.'))).toEqual([])
  })

  test('describes every body that is sent, with an example', () => {
    const bodies = ({ requestBody }: Operation) => Object.values(requestBody?.content ?? {})
    expect(wrong((each) => each.requestBody !== undefined && bodies(each).length === 0)).toEqual([])
    expect(wrong((each) => bodies(each).some(({ schema }) => schema === undefined))).toEqual([])
    expect(wrong((each) => bodies(each).some((body) => exampleOf(body) === undefined))).toEqual([])
  })

  test('describes every answer that can be read, with an example', () => {
    const good = (each: Operation) => Object.entries(each.responses).filter(([status]) => status.startsWith('2'))
    const isRedirect = (each: Operation) => Object.keys(each.responses).some((status) => status.startsWith('3'))
    expect(wrong((each) => good(each).length === 0 && !isRedirect(each))).toEqual([])
    expect(wrong((each) => good(each).some(([status, { content }]) => status !== '204' && !content))).toEqual([])
    const isJson = (type: string) => /json/.test(type)
    const lacking = (each: Operation) =>
      good(each).some(([, { content = {} }]) =>
        Object.entries(content).some(([type, body]) => !body.schema || (isJson(type) && exampleOf(body) === undefined)),
      )
    expect(wrong(lacking)).toEqual([])
  })

  test('gives no example that its own schema would refuse', { timeout: 60_000 }, () => {
    const bodies = operations.flatMap(({ method, path, requestBody, responses }) =>
      [requestBody, ...Object.values(responses)].flatMap((each) =>
        Object.values(each?.content ?? {}).flatMap(({ schema, example }) =>
          schema && example !== undefined ? [{ name: `${method} ${path}`, schema, example }] : [],
        ),
      ),
    )
    expect(bodies.length).toBeGreaterThan(30)
    const definitions = JSON.parse(
      JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
    ) as object
    const refused = bodies.flatMap(({ name, schema, example }) => {
      const own = JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/')) as object
      const read = z.fromJSONSchema({ ...own, $defs: definitions } as z.core.JSONSchema.JSONSchema)
      // It reads no pattern as Unicode, as JSON Schema would.
      const issues = read.safeParse(example).error?.issues.filter((issue) => !/p\{/i.test(issue.message))
      return issues?.map(({ path, message }) => `${name} ${path.join('.')}: ${message}`) ?? []
    })
    expect(refused).toEqual([])
    expect(JSON.stringify(document)).not.toMatch(/"pattern":"[^"]*\/[dgimsuvy]+"/)
  })

  test('lists the refusals of every operation, each as a problem document with codes of the table', () => {
    const refusals = (each: Operation) => Object.entries(each.responses).filter(([status]) => Number(status) >= 400)
    expect(wrong((each) => refusals(each).length === 0)).toEqual([])
    expect(
      wrong((each) => refusals(each).some(([, { content = {} }]) => !content['application/problem+json'])),
    ).toEqual([])
    const unknown = operations.flatMap((each) =>
      refusals(each).flatMap(([status, { description }]) =>
        [...description.matchAll(/`([a-z]+\/[a-z-]+)`/g)]
          .map(([, code]) => code as keyof typeof errorTable)
          .filter((code) => errorTable[code]?.status !== Number(status)),
      ),
    )
    expect(unknown).toEqual([])
  })

  test('says of whatever wants a token that it does, and with which refusals', () => {
    const isSecured = ({ security = [] }: Operation) => security.some((each) => 'bearer' in each)
    const isOptional = ({ security = [] }: Operation) => security.some((each) => Object.keys(each).length === 0)
    expect(wrong((each) => isSecured(each) && !isOptional(each) && !each.responses['401'])).toEqual([])
  })

  test('says of whatever takes an Idempotency-Key that it must come', () => {
    const takesKey = ({ parameters = [] }: Operation) => parameters.some(({ name }) => name === 'Idempotency-Key')
    expect(
      wrong((each) => takesKey(each) && !each.responses['400']?.description.includes('request/key-missing')),
    ).toEqual([])
  })

  test('says of every parameter what it may be', () => {
    expect(wrong(({ parameters = [] }) => parameters.some(({ schema }) => schema === undefined))).toEqual([])
  })
})

/** Of a body: its own example, or that of its schema. */
function exampleOf({
  example,
  examples,
  schema,
}: {
  example?: unknown
  examples?: unknown
  schema?: unknown
}): unknown {
  const named = schema as { $ref?: string; example?: unknown; examples?: unknown } | undefined
  return example ?? examples ?? named?.example ?? named?.examples
}
