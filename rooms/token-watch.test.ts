import { expect, test } from 'vitest'
import type { Access, Principal, Revocation } from '../access/access.ts'
import type { RollingDropError } from '../schema/errors.ts'
import { stillClock } from '../test/still-clock.ts'
import { TokenWatch } from './token-watch.ts'

function principal(user: string, expires_ms: number): Principal {
  return { user, name: user, guest: true, tenant: 'main', roles: ['player'], session: `${user}-s`, expires_ms }
}

test('a socket ends within a second of its token or of the key it was signed by, or at once when its session or user is revoked', () => {
  const revoked = new Set<string>()
  const endedKeys = new Set<string>()
  let tell: (revocation: Revocation) => void = () => {}
  const access = {
    isRevoked: ({ session, user }: Principal) => revoked.has(session) || revoked.has(user),
    isKeyEnded: ({ user }: Principal) => endedKeys.has(user),
    onRevoked: (listen: typeof tell) => ((tell = listen), () => {}),
  } as unknown as Access
  const clock = stillClock()
  const watch = new TokenWatch(access, clock, 100)
  const ended: string[] = []
  const watchOver = (name: string, expires_ms: number) => {
    const socket = {}
    const end = (error: RollingDropError) => {
      watch.forget(socket)
      ended.push(`${name} ${error.code}`)
    }
    watch.watch(socket, { principal: principal(name, expires_ms), end })
  }
  watchOver('ann', 5_000)
  for (const name of ['bob', 'cyd', 'dan', 'eve']) watchOver(name, 60_000)
  clock.move(4_000)
  expect(ended).toEqual([])
  clock.move(1_000)
  expect(ended).toEqual(['ann auth/token-expired'])
  revoked.add('bob-s').add('cyd')
  tell({ session: 'bob-s' })
  tell({ user: 'cyd' })
  expect(ended.slice(1)).toEqual(['bob auth/revoked', 'cyd auth/revoked'])
  revoked.add('dan')
  clock.move(1_000)
  expect(ended.at(-1)).toBe('dan auth/revoked')
  endedKeys.add('eve')
  clock.move(1_000)
  expect(ended.at(-1)).toBe('eve auth/token-expired')
  watch.close()
})
