import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CheckpointPage } from '../schema/http.ts'
import { openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => {
  node = await openTestNode()
})
afterAll(() => node.close())

it('lists signed points of the ledger, newest first, with the key that signed them', async () => {
  const before = await node.call('GET', '/.well-known/ledger-checkpoints')
  expect((before.body as CheckpointPage).checkpoints).toEqual([])
  const first = await node.checkpoints.publish()
  await node.access.guest()
  const second = await node.checkpoints.publish()
  const { status, body } = await node.call('GET', '/.well-known/ledger-checkpoints')
  const { keys, checkpoints } = body as CheckpointPage
  expect(status).toBe(200)
  expect(checkpoints).toEqual([second, first])
  expect(keys).toEqual([{ id: second!.key_id, public_key: second!.public_key }])
  const older = await node.call('GET', `/.well-known/ledger-checkpoints?before=${second!.seq}`)
  expect((older.body as CheckpointPage).checkpoints).toEqual([first])
})

it('refuses a page size past its limit', async () => {
  const { status, body } = await node.call('GET', '/.well-known/ledger-checkpoints?limit=1000')
  expect(status).toBe(400)
  expect(body).toMatchObject({ code: 'request/invalid' })
})
