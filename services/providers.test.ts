import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

test('lists the providers there are and refuses any other', async () => {
  expect((await node.call('GET', '/auth/providers')).body).toEqual({ providers: [] })
  const refused = await node.call('POST', '/auth/providers/nobody')
  expect([refused.status, refused.body.code]).toEqual([404, 'auth/provider-unknown'])
})

test('a browser that did not set out is sent to the pages with the reason, and a made-up link signs nobody in', async () => {
  const back = await node.call('GET', '/auth/providers/nobody/return?code=x&state=y')
  expect([back.status, back.headers.get('location')]).toEqual([302, 'http://site.test/account?refused=auth%2Flink'])
  const refused = await node.call('POST', '/auth/providers/finish', { body: { link: 'x'.repeat(43) } })
  expect([refused.status, refused.body.code]).toEqual([410, 'auth/link'])
})
