import type { Tokens } from '../schema/http.ts'
import type { Enrolment, Login, OwnSessions, Recovery, Register } from '../schema/sign-in.ts'
import type { Preferences } from '../schema/staff.ts'
import type { Caller } from './caller.ts'
import type { Exchange } from './exchange.ts'
import type { Identity } from './identity.ts'

/** Proves once more who one is: a code where a second factor is in force, else the password. */
export type AccountProof = Readonly<{ code?: string; password?: string }>

/**
 * The user's account. What signs in replaces whoever was signed in here; live things that are open go on as who they were, so
 * they are closed first or the page is loaded anew. Every method rejects with a RollingDropError.
 */
export interface Account {
  /** Sends a link to the address. Who is a guest becomes the account and keeps what the guest had. */
  register(account: Register): Promise<void>
  /** `link`: what stands after # in the address that was sent. */
  confirmEmail(link: string): Promise<Tokens['user']>
  login(login: Login): Promise<Tokens['user']>
  forgot(email: string): Promise<void>
  reset(link: string, password: string): Promise<void>
  changePassword(before: string, after: string): Promise<void>
  /** Names of providers one can sign in with. */
  providers(): Promise<readonly string[]>
  /** Where to send the browser to sign in there. */
  departTo(provider: string): Promise<string>
  /** Signs in by the link a browser came back from a provider with. */
  finish(link: string): Promise<Tokens['user']>
  sessions(): Promise<OwnSessions['sessions']>
  endSession(id: string): Promise<void>
  confirm(proof: AccountProof): Promise<void>
  hasSecondFactor(): Promise<boolean>
  enrol(): Promise<Enrolment>
  confirmSecondFactor(code: string): Promise<Recovery>
  endSecondFactor(code: string): Promise<void>
  preferences(): Promise<Preferences>
  /** All of them anew. */
  setPreferences(preferences: Preferences): Promise<void>
  /** All that is kept of oneself, as JSON; twice a minute at most. */
  exportData(): Promise<unknown>
  /** Erases who one is, for good. Rejects with `auth/confirm`, or `user/unsettled` whose `details.open` says what is in the way. */
  erase(): Promise<void>
}

type Deps = Readonly<{ base: string; exchange: Exchange; caller: Caller; identity: Identity }>

export function accountOver({ base, exchange, caller, identity }: Deps): Account {
  const post = <T = void>(path: string, body?: unknown): Promise<T> => caller.call({ method: 'POST', path, body })

  /** Asked as nobody: whoever signs in need not be a guest first. */
  async function signIn(path: string, body: unknown): Promise<Tokens['user']> {
    const answer = await exchange(base, { method: 'POST', path, body }, null)
    if (!answer.ok) throw answer.error
    const tokens = answer.body as Tokens
    identity.adopt(tokens)
    return tokens.user
  }

  return {
    register: (account) => post('/auth/register', account),
    confirmEmail: (link) => signIn('/auth/confirm-email', { link }),
    login: (login) => signIn('/auth/login', login),
    forgot: (email) => post('/auth/forgot', { email }),
    reset: (link, password) => post('/auth/reset', { link, password }),
    changePassword: (before, after) => post('/auth/password', { before, after }),
    providers: async () => (await caller.get<{ providers: string[] }>('/auth/providers')).providers,
    departTo: async (provider) => (await post<{ url: string }>(`/auth/providers/${encodeURIComponent(provider)}`)).url,
    finish: (link) => signIn('/auth/providers/finish', { link }),
    sessions: async () => (await caller.get<OwnSessions>('/auth/sessions')).sessions,
    endSession: (id) => caller.call({ method: 'DELETE', path: `/auth/sessions/${encodeURIComponent(id)}` }),
    confirm: (proof) => post('/auth/confirm', proof),
    hasSecondFactor: async () => (await caller.get<{ inForce: boolean }>('/auth/second-factor')).inForce,
    enrol: () => post('/auth/second-factor'),
    confirmSecondFactor: (code) => post('/auth/second-factor/confirm', { code }),
    endSecondFactor: (code) => post('/auth/second-factor/end', { code }),
    preferences: () => caller.get<Preferences>('/me/preferences'),
    setPreferences: (preferences) => caller.call({ method: 'PUT', path: '/me/preferences', body: preferences }),
    exportData: () => caller.get<unknown>('/me/export'),
    async erase() {
      await post('/me/erase')
      identity.forget()
    },
  }
}
