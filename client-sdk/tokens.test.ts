import { afterEach, expect, test, vi } from 'vitest'
import type { Tokens } from '../schema/http.ts'
import { browserTokens, defaultTokens, memoryTokens } from './tokens.ts'

const tokens: Tokens = {
  user: { id: 'user-1', name: 'One', guest: true },
  token: 'token',
  refreshToken: 'refresh',
  expiresAt: 1,
}

/** A localStorage of our own; `throws` is one set to keep nothing. */
function stubStorage({ throws = false } = {}) {
  const kept = new Map<string, string>()
  const guard = <T>(work: () => T): T => {
    if (throws) throw new DOMException('denied', 'SecurityError')
    return work()
  }
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => guard(() => kept.get(key) ?? null),
    setItem: (key: string, value: string) => guard(() => kept.set(key, value)),
    removeItem: (key: string) => guard(() => kept.delete(key)),
  })
  return kept
}

afterEach(() => {
  vi.unstubAllGlobals()
})

test('a browser keeps tokens for its other tabs and the next visit', () => {
  stubStorage()
  browserTokens().save(tokens)
  expect(browserTokens().load()).toEqual(tokens)
  browserTokens().save(null)
  expect(browserTokens().load()).toBeNull()
})

test('when another tab signs out, this one is signed out', () => {
  stubStorage()
  const here = browserTokens()
  here.save(tokens)
  browserTokens().save(null)
  expect(here.load()).toBeNull()
})

test('a browser that forbids storage keeps them for the visit', () => {
  stubStorage({ throws: true })
  const store = browserTokens()
  store.save(tokens)
  expect(store.load()).toEqual(tokens)
})

test.each(['{', '{}', 'null', '"text"'])('what is no token there, such as %s, counts as none', (text) => {
  stubStorage().set('rollingdrop/tokens', text)
  expect(browserTokens().load()).toBeNull()
})

test('two tabs never refresh at once where the browser can lock', async () => {
  stubStorage()
  const order: string[] = []
  const work = (name: string) => async () => {
    order.push(`${name} begins`)
    await Promise.resolve()
    order.push(`${name} ends`)
  }
  await Promise.all([browserTokens().exclusive(work('one')), browserTokens().exclusive(work('two'))])
  expect(order).toEqual(['one begins', 'one ends', 'two begins', 'two ends'])
})

test('outside a browser they stay in memory', () => {
  const store = defaultTokens()
  store.save(tokens)
  expect(store.load()).toEqual(tokens)
  expect(memoryTokens().load()).toBeNull()
})
