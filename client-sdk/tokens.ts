import type { Tokens } from '../schema/http.ts'
import type { TokenStore } from './api.ts'

/** A store that several tabs share: `exclusive` runs `work` in one of them at a time. */
export type SharedTokenStore = TokenStore & { exclusive<T>(work: () => Promise<T>): Promise<T> }

/** Keeps the tokens as long as the process lives. */
export function memoryTokens(): TokenStore {
  let kept: Tokens | null = null
  return {
    load: () => kept,
    save: (tokens) => {
      kept = tokens
    },
  }
}

/** Keeps the tokens in localStorage under `key`, for all tabs of this origin; in memory where the browser forbids that. */
export function browserTokens(key = 'rollingdrop/tokens'): SharedTokenStore {
  const memory = memoryTokens()
  const write = (tokens: Tokens | null) => {
    if (tokens === null) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(tokens))
    return true
  }
  return {
    load: () => memory.load() ?? parsed(attempt(() => localStorage.getItem(key))),
    save: (tokens) => memory.save(attempt(() => write(tokens)) ? null : tokens),
    // A refresh token is good for one use: two tabs that used the same one would end the session of both.
    exclusive: (work) => ('locks' in navigator ? navigator.locks.request(key, work) : work()),
  }
}

/** The store for where we run. */
export function defaultTokens(): TokenStore {
  return 'window' in globalThis ? browserTokens() : memoryTokens()
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined // a browser set to keep nothing throws on every access; memory stands in
  }
}

function parsed(text: string | null | undefined): Tokens | null {
  const value = text ? attempt(() => JSON.parse(text) as Partial<Tokens>) : undefined
  return value?.token && value.refreshToken && value.user ? (value as Tokens) : null
}
