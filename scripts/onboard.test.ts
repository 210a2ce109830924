import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveNode } from '../test/http.ts'
import { openTestNode, type TestNode } from '../test/node.ts'
import { newAdmin, signedCall } from '../test/partners.ts'

let node: TestNode
let server: Awaited<ReturnType<typeof serveNode>>
beforeAll(async () => {
  node = await openTestNode()
  server = await serveNode(node)
})
afterAll(async () => {
  await server.close()
  await node.close()
})

async function partner(...args: string[]) {
  const env = { ...process.env, DATABASE_URL: node.url, SECRET_KEY: Buffer.from(node.secretKey).toString('hex') }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'partner.ts'), ...args], { env })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const code = await new Promise((resolve) => child.on('close', resolve))
  const keys = [...said.matchAll(/^key +(\S+)\nsecret +(\S+)$/gm)].map(([, id, secret]) => ({
    id: id!,
    secret: secret!,
  }))
  return { code, said, keys }
}

test(
  'a partner comes from nothing to production by one command within a minute, and its keys work',
  { timeout: 90_000 },
  async () => {
    const begun = performance.now()
    const { code, said, keys } = await partner('onboard', 'acme', '--url', server.url, '--requests', '6000')
    expect(code, said).toBe(0)
    expect(performance.now() - begun).toBeLessThan(60_000)
    const told = JSON.parse(said.trim().split('\n').at(-1)!)
    expect(told).toMatchObject({ onboard: 'acme', steps: 12 })
    expect(told.ms).toBeLessThan(60_000)
    expect(keys).toHaveLength(2)
    for (const key of keys) {
      const { status, body } = await signedCall(node, key, 'GET', '/partner/v1/boxes')
      expect([status, body.boxes.length > 0]).toEqual([200, true])
    }
    expect((await signedCall(node, keys[0]!, 'GET', '/partner/v1/users/test-1')).body.totals).toHaveLength(1)
    expect((await signedCall(node, keys[1]!, 'GET', '/partner/v1/users/test-1')).status).toBe(404)
    const { body } = await node.call('GET', '/admin/partners/acme', { token: await newAdmin(node) })
    expect(body).toMatchObject({
      stage: 'production',
      quota: { requestsPerMinute: 6000 },
      commission: { basisPoints: 250 },
    })
    // What it was done with is worth nothing any more.
    const { rows } = await node.pool.query(
      `select from session s join app_user u on u.id = s.user_id where u.handle = 'operator' and s.revoked_ms is null`,
    )
    expect(rows).toEqual([])
    expect(await partner('onboard', 'acme', '--url', server.url)).toMatchObject({
      code: 1,
      said: expect.stringContaining('partner/exists'),
    })
  },
)

test('a token of the staff’s does as well, and one of anybody else’s does not', { timeout: 60_000 }, async () => {
  const token = await newAdmin(node)
  expect(await partner('onboard', 'bolt', '--url', server.url, '--admin-token', token)).toMatchObject({ code: 0 })
  const guest = (await node.call('POST', '/auth/guest')).body.token
  expect(await partner('onboard', 'calm', '--url', server.url, '--admin-token', guest)).toMatchObject({
    code: 1,
    said: expect.stringContaining('auth/forbidden'),
  })
})
