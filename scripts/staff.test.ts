import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openTestNode, type TestNode } from '../test/node.ts'
import { newPerson } from '../test/people.ts'

/** Each call starts a program of its own. */
const PATIENCE = 120_000

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

async function run(script: 'role' | 'keys', ...args: string[]): Promise<Readonly<{ code: unknown; said: string }>> {
  const env = { ...process.env, DATABASE_URL: node.url, SECRET_KEY: Buffer.from(node.secretKey).toString('hex') }
  const child = spawn(process.execPath, [join(import.meta.dirname, `${script}.ts`), ...args], { env })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  return { code: await new Promise((resolve) => child.on('close', resolve)), said }
}

test(
  'the first admin is made at the console, by mail address or id, and old tokens end',
  { timeout: PATIENCE },
  async () => {
    const ann = await newPerson(node, 'ann@staff.example', 'Ann')
    expect(await run('role', 'list')).toMatchObject({ code: 0, said: expect.stringContaining('nobody has a role yet') })
    const granted = await run('role', 'grant', 'Ann@staff.example', 'admin')
    expect(granted).toEqual({ code: 0, said: 'Ann@staff.example is now player, admin; their sessions have ended\n' })
    const old = () => expect(node.access.authenticate(ann.token)).rejects.toMatchObject({ code: 'auth/revoked' })
    await vi.waitFor(old, { timeout: 5_000, interval: 50 })
    const { body } = await node.call('POST', '/auth/login', {
      body: { email: 'ann@staff.example', password: 'nine blue herons' },
    })
    const { body: audit } = await node.call('GET', '/admin/audit', { token: body.token })
    expect(audit.acts).toMatchObject([{ by: 'console', action: 'user.roles', object: `user:${ann.user.id}` }])
    expect((await run('role', 'list')).said).toBe(`${ann.user.id}  player admin  ann@staff.example\n`)
    expect(await run('role', 'revoke', ann.user.id, 'admin')).toMatchObject({
      code: 1,
      said: expect.stringContaining('last admin'),
    })
    expect(await run('role', 'grant', ann.user.id, 'support')).toMatchObject({
      said: expect.stringContaining('player, support, admin'),
    })
    expect(await run('role', 'grant', ann.user.id, 'support')).toMatchObject({
      said: expect.stringContaining('as before'),
    })
  },
)

test('signing keys are listed, rotate, and end on every node', { timeout: PATIENCE }, async () => {
  const { token } = await node.access.guest()
  const [, first] = /^(\S+) {2}made \S+ {2}signs$/m.exec((await run('keys', 'list')).said) ?? []
  const made = /^key (\S+) signs from/.exec((await run('keys', 'rotate')).said)?.[1]
  expect((await run('keys')).said).toMatch(new RegExp(`^${made}  made \\S+  signs from \\S+$`, 'm'))
  expect(await run('keys', 'end', first!)).toMatchObject({ code: 0, said: expect.stringContaining('has ended') })
  const old = () => expect(node.access.authenticate(token)).rejects.toMatchObject({ code: 'auth/token-expired' })
  await vi.waitFor(old, { timeout: 5_000, interval: 50 })
  const listed = (await run('keys', 'list')).said
  expect(listed).toMatch(new RegExp(`^${first}  made \\S+  ended \\S+$`, 'm'))
  expect(listed).toMatch(new RegExp(`^${made}  made \\S+  signs$`, 'm'))
  await vi.waitFor(async () => {
    const guest = await node.access.guest()
    expect((await node.access.authenticate(guest.token)).key).toBe(made)
  })
})

test('what cannot be done is said, with an exit code', { timeout: PATIENCE }, async () => {
  for (const args of [
    ['dance'],
    ['grant', 'ann@staff.example'],
    ['grant', 'ann@staff.example', 'king'],
    ['--nonsense'],
  ])
    expect(await run('role', ...args)).toMatchObject({
      code: 1,
      said: expect.stringContaining('npm run role -- grant'),
    })
  expect(await run('role', 'grant', 'nobody@staff.example', 'admin')).toEqual({
    code: 1,
    said: 'there is no account of nobody@staff.example\n',
  })
  for (const args of [['dance'], ['end'], ['rotate', 'twice']])
    expect(await run('keys', ...args)).toMatchObject({ code: 1, said: expect.stringContaining('npm run keys -- end') })
  expect(await run('keys', 'end', 'nobody')).toEqual({ code: 1, said: 'there is no key nobody\n' })
})
