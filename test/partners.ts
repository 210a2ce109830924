import type { NewPartnerKey } from '../access/partner.ts'
import { signRequest } from '../access/partners/signature.ts'
import type { Answer, TestNode } from './node.ts'

export const PASSWORD = 'twelve copper kettles'

/** Somebody of our staff, signed in. */
export async function newAdmin(node: TestNode): Promise<string> {
  const user = await node.access.ensureUser('the-admin')
  await node.pool.query(`update app_user set roles = '{player,admin}' where id = $1`, [user.id])
  return (await node.access.signIn({ ...user, roles: ['player', 'admin'] })).token
}

/** Sends a signed call. */
export function signedCall(
  node: Pick<TestNode, 'call'>,
  key: NewPartnerKey,
  method: string,
  path: string,
  {
    body,
    key: idempotency,
    headers,
  }: Readonly<{ body?: unknown; key?: string; headers?: Record<string, string> }> = {},
): Promise<Answer> {
  const text = body === undefined ? '' : JSON.stringify(body)
  return node.call(method, path, {
    headers: { ...signRequest(key, { method, path, body: text }), ...headers },
    ...(body !== undefined && { body: text }),
    ...(idempotency !== undefined && { key: idempotency }),
  })
}

/** A partner made over HTTP, and whoever looks after it, signed in and just confirmed. */
export type TestPartner = Readonly<{ name: string; admin: string; token: string; key: NewPartnerKey }>

let count = 0

export async function newPartner(node: TestNode, admin: string, name = `firm-${++count}`): Promise<TestPartner> {
  const email = `ann@${name}.example`
  const made = await node.call('POST', '/admin/partners', { token: admin, key: `make-${name}`, body: { name, email } })
  if (made.status !== 201) throw new Error(JSON.stringify(made.body), { cause: node.logged.at(-1) })
  const token = await signInAs(node, { link: made.body.invitation as string, email, tenant: name })
  const added = await node.call('POST', '/partner/self/sandbox/keys', { token, key: 'first', body: {} })
  if (added.status !== 201) throw new Error(JSON.stringify(added.body))
  return { name, admin, token, key: added.body as NewPartnerKey }
}

/** Takes an invitation up. */
export async function signInAs(
  node: Pick<TestNode, 'call'>,
  { link, email, tenant }: Readonly<{ link: string; email: string; tenant: string }>,
): Promise<string> {
  await node.call('POST', '/auth/reset', { body: { link, password: PASSWORD } })
  const signedIn = await node.call('POST', '/auth/login', { body: { email, tenant, password: PASSWORD } })
  const { token } = signedIn.body as { token: string }
  const confirmed = await node.call('POST', '/auth/confirm', { token, body: { password: PASSWORD } })
  if (confirmed.status !== 200) throw new Error(JSON.stringify(confirmed.body))
  return token
}
