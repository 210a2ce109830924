import { randomBytes } from 'node:crypto'
import type { OwnSeeds } from '../../schema/opening.ts'
import type { Tokens } from '../../schema/http.ts'
import type { LoadUser } from './http-load.ts'

const AT_ONCE = 16

/** So many guests with credits who have begun a pair of seeds, made over HTTP as anybody is. */
export async function makeUsers(url: string, count: number): Promise<readonly LoadUser[]> {
  const users: LoadUser[] = []
  const make = async (): Promise<void> => {
    while (users.length < count) {
      const place = users.push({ id: '', token: '' }) - 1
      users[place] = await makeUser(url)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, make))
  return users
}

async function makeUser(url: string): Promise<LoadUser> {
  const { user, token } = (await call(url, 'POST', '/auth/guest')) as Tokens
  const { next } = (await call(url, 'GET', '/seeds', token)) as OwnSeeds
  const begin = { seeds: next.seeds, clientSeed: randomBytes(32).toString('hex') }
  await call(url, 'POST', '/seeds', token, begin)
  return { id: user.id, token }
}

async function call(url: string, method: string, path: string, token?: string, body?: object): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path} answers ${response.status}: ${await response.text()}`)
  return response.json()
}
