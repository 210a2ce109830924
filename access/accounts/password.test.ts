import { describe, expect, test } from 'vitest'
import { Passwords } from './password.ts'

const cheap = { memory_kib: 64, passes: 1, atOnce: 1, waiting_max: 2 }

describe('a password', () => {
  test('is recognised, in whatever way its letters are composed, and no other is', async () => {
    const passwords = new Passwords(cheap)
    const hash = await passwords.hash('Zürich am See')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/)
    expect(hash).not.toContain('rich')
    expect(await passwords.verify('Zu\u0308rich am See', hash)).toBe(true)
    expect(await passwords.verify('Zurich am See', hash)).toBe(false)
    expect(await passwords.hash('Zürich am See')).not.toBe(hash)
  })

  test('hashed at a lower cost is still recognised and known to be outdated', async () => {
    const [before, now] = [new Passwords(cheap), new Passwords({ ...cheap, passes: 2 })]
    const hash = await before.hash('correct horse')
    expect(await now.verify('correct horse', hash)).toBe(true)
    expect([before.isOutdated(hash), now.isOutdated(hash)]).toEqual([false, true])
  })

  test('of nobody is refused after the same work', async () => {
    const passwords = new Passwords(cheap)
    expect(await passwords.verify('anything', null)).toBe(false)
  })

  test('is computed by as many threads as are allowed; too many who wait are sent away', async () => {
    const passwords = new Passwords({ ...cheap, memory_kib: 8_192 })
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => passwords.hash('x')))
    expect(all.map(({ status }) => status).toSorted()).toEqual([
      ...Array(3).fill('fulfilled'),
      ...Array(3).fill('rejected'),
    ])
    const refused = all.find((each) => each.status === 'rejected')
    expect(refused).toMatchObject({ reason: { code: 'auth/busy', retry: true } })
    await passwords.hash('there is room again')
  })
})
