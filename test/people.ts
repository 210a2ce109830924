import type { Tokens } from '../schema/http.ts'
import type { Role } from '../access/permissions.ts'
import type { TestNode } from './node.ts'

/** The password of everybody whom `newPerson` makes. */
export const PASSWORD = 'nine blue herons'

type Node = Pick<TestNode, 'call' | 'mail' | 'pool' | 'access'>

/** What follows `#` in the last letter that was sent to an address. */
export async function linkTo({ mail }: Pick<TestNode, 'mail'>, email: string): Promise<string> {
  const letter = (await mail.waiting()).findLast(({ to }) => to === email)
  const link = /#(\S+)/.exec(letter?.text ?? '')?.[1]
  if (link === undefined) throw new Error(`no letter to ${email} waits`)
  return link
}

/** Somebody with an account, signed up over HTTP, and the roles given. */
export async function newPerson(node: Node, email: string, name: string, roles: readonly Role[] = []): Promise<Tokens> {
  await node.call('POST', '/auth/register', { body: { email, password: PASSWORD, name } })
  const made = await node.call('POST', '/auth/confirm-email', { body: { link: await linkTo(node, email) } })
  if (made.status !== 201) throw new Error(`${email} has no account: ${made.status}`)
  const tokens = made.body as Tokens
  if (roles.length === 0) return tokens
  await node.pool.query('update app_user set roles = $2 where id = $1', [tokens.user.id, ['player', ...roles]])
  return node.access.refresh(tokens.refreshToken)
}
