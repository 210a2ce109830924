import { Parser } from '@asyncapi/parser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { channels } from '../schema/channels/all.ts'
import { openTestNode, type TestNode } from '../test/node.ts'
import { asyncDocument } from './asyncapi.ts'

describe('the AsyncAPI document', () => {
  test('is valid, without a warning', { timeout: 30_000 }, async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(asyncDocument()))
    // 3.0 is what most tools read; that there is a newer one is no fault of the document.
    const faults = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version')
    const said = faults.map(({ code, message, path }) => ({ code, message, path: path.join('.') }))
    expect(said).toEqual([])
    expect(document!.version()).toBe('3.0.0')
    expect(document!.channels().all()).toHaveLength(channels.length)
  })

  test('is refused by the parser when a message refers to nothing', { timeout: 30_000 }, async () => {
    const broken = JSON.stringify(asyncDocument()).replace('messages/said.subscribe', 'messages/said.nothing')
    expect((await new Parser().parse(broken)).document).toBeUndefined()
  })

  const messages = channels.flatMap(({ id, said, told }) =>
    [...Object.entries(said), ...Object.entries(told)].map(([type, message]) => [`${id} ${type}`, message] as const),
  )
  test.each(messages)('%s has an example of its own schema', (_name, { schema, example }) => {
    expect(schema.safeParse(example).error).toBeUndefined()
    expect(schema.safeParse({ ...(example as object), unheard: 'of' }).success).toBe(false)
  })
})

describe('both documents', () => {
  let node: TestNode
  beforeAll(async () => void (node = await openTestNode()))
  afterAll(() => node.close())

  test('are served, and a page shows people every message of every door', async () => {
    expect((await node.call('GET', '/asyncapi.json')).body).toEqual(JSON.parse(JSON.stringify(asyncDocument())))
    const page = await node.app.request('/docs', {}, {})
    expect(page.headers.get('content-type')).toContain('text/html')
    const text = await page.text()
    for (const document of ['/openapi.json', '/asyncapi.json']) expect(text).toContain(`href="${document}"`)
    for (const { address, said, told } of channels)
      for (const shown of [address, ...Object.keys(said), ...Object.keys(told)])
        expect(text).toContain(`<code>${shown}</code>`)
    expect(text).toContain('&quot;since&quot;')
    expect((await node.call('GET', '/openapi.json')).body.info.description).toContain('/asyncapi.json')
  })
})
