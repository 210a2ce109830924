import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Tokens } from '../schema/http.ts'
import { openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

/** A request from an address, as the server's socket gives it. */
async function post(path: string, from: string, headers: Record<string, string>, body?: unknown): Promise<Tokens> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) }
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, ...json }
  const incoming = { socket: { remoteAddress: from }, headers: {} }
  const response = await node.app.request(path, init, { incoming: incoming as never })
  return (await response.json()) as Tokens
}

/** How many of `users` share each address and device. */
async function shared(users: readonly Tokens[]): Promise<unknown> {
  const { rows } = await node.pool.query(
    `select kind, count(*)::int as users, sum(count)::int as times from signal
     where user_id = any($1) group by kind, digest order by kind, users, times`,
    [users.map(({ user }) => user.id)],
  )
  return rows
}

test('who signs in from one household with one device is one group each, by whatever address of it', async () => {
  const device = { 'x-rollingdrop-device': 'abcdefgh-01234567' }
  const ann = await post('/auth/guest', '2001:db8:1:2::7', device)
  const bob = await post('/auth/guest', '2001:0db8:0001:0002:a:b:c:d', device)
  await post('/auth/refresh', '2001:db8:1:2::7', device, { refreshToken: bob.refreshToken })
  await vi.waitFor(async () =>
    expect(await shared([ann, bob])).toEqual([
      { kind: 'address', users: 2, times: 3 },
      { kind: 'device', users: 2, times: 3 },
    ]),
  )
})

test('browsers that call themselves alike at different addresses are different devices, also with an id that is none', async () => {
  const browser = { 'user-agent': 'Mozilla/5.0', 'x-rollingdrop-device': 'short' }
  const [ann, bob] = [await post('/auth/guest', '192.0.2.1', browser), await post('/auth/guest', '192.0.2.2', browser)]
  await vi.waitFor(async () =>
    expect(await shared([ann, bob])).toEqual([
      { kind: 'address', users: 1, times: 1 },
      { kind: 'address', users: 1, times: 1 },
      { kind: 'device', users: 1, times: 1 },
      { kind: 'device', users: 1, times: 1 },
    ]),
  )
})

test('nothing of it is kept in the clear', async () => {
  const { rows } = await node.pool.query('select row_to_json(s)::text as text from signal s')
  const text = JSON.stringify(rows)
  for (const word of ['192.0.2', '2001:db8', 'Mozilla', 'abcdefgh']) expect(text).not.toContain(word)
})
