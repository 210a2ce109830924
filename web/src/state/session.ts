import { computed, signal } from '@preact/signals'
import type { LinkStatus, SessionLink } from '../../../client-sdk/api.ts'
import type { Me } from '../../../schema/http.ts'
import type { LimitState, OwnResult, SessionState } from '../../../schema/session.ts'
import { sdk } from '../sdk.ts'
import { roles } from './admin.ts'
import { toastError } from './toast.ts'

export const PLAY = 'play:CREDIT'

export type User = Readonly<{ id: string; name: string; guest: boolean }>

/** What the next opening is drawn with; empty strings without a pair in use. */
export type Seeds = Readonly<{
  seeds: string
  seedHash: string
  clientSeed: string
  nonce: number
  nextSeedHash: string
}>

/** Hundredths of a day: what may be spent, what is left of it, and what it becomes at `from_ms`. */
export type Limit = Readonly<{
  amount: bigint
  left: bigint
  raise: Readonly<{ amount: bigint | null; from_ms: number }> | null
}>

/** Who plays here: a guest from the first visit on. Null until the server has answered. */
export const user = signal<User | null>(null)
export const sessionStatus = signal<LinkStatus>('connecting')
export const balances = signal<ReadonlyMap<string, bigint>>(new Map())
export const known = signal(false)
/** What the player's play has earned them; null before it is known. */
export const level = signal<number | null>(null)

/** The play credits that can be spent, in hundredths; null before they are known. */
export const purse = computed(() => (known.value ? (balances.value.get(PLAY) ?? 0n) : null))

const listeners = new Set<(result: OwnResult) => void>()
let link: SessionLink | null = null

/** The user's seeds as they are told live; null before they are known. */
export const seeds = signal<Seeds | null>(null)
/** What the user may spend on openings in a day; null without a limit. */
export const limit = signal<Limit | null>(null)

/** Calls `listen` for each of the user's own results from now on. Returns what ends that. */
export function onOwnResult(listen: (result: OwnResult) => void): () => void {
  listeners.add(listen)
  return () => listeners.delete(listen)
}

/** Makes or resumes the guest and follows their balance, here and on their other devices. */
export async function startSession(): Promise<void> {
  try {
    user.value = await sdk.user()
    const me = await sdk.me()
    takeBalances(me.balances.map(({ asset, balance, held }) => [asset, BigInt(balance) - BigInt(held)]))
    takeLevel(me)
    roles.value = me.user.roles
  } catch (error) {
    toastError(error)
    setTimeout(() => void startSession(), 3_000)
    return
  }
  link = sdk.session()
  link.onChange(takeState)
  link.onStatus((status) => (sessionStatus.value = status))
  link.onResult((result) => listeners.forEach((listen) => listen(result)))
  sessionStatus.value = link.status
  if (link.state) takeState(link.state)
}

function takeLevel({ levels }: Me): void {
  level.value = levels.find(({ money }) => money === PLAY)?.level ?? 0
}

function takeState(state: SessionState): void {
  const { seeds: own, limits } = state
  if (own) {
    const { seeds: id, seedHash, clientSeed, nonce, nextSeedHash } = own
    seeds.value = { seeds: id, seedHash, clientSeed, nonce, nextSeedHash }
  }
  limit.value = limitOf(limits?.get(PLAY))
  const spendable: [string, bigint][] = []
  state.balances.forEach((balance, asset) => {
    spendable.push([asset, BigInt(balance) - BigInt(state.held.get(asset) ?? '0')])
  })
  if (spendable.length > 0) takeBalances(spendable)
  level.value = state.levels.get(PLAY) ?? level.value
}

function limitOf(told: LimitState | undefined): Limit | null {
  if (!told) return null
  const { amount, left, raise, raiseFrom } = told
  const raised = raiseFrom === 0 ? null : { amount: raise === '' ? null : BigInt(raise), from_ms: raiseFrom }
  return { amount: BigInt(amount), left: BigInt(left), raise: raised }
}

/** The session itself, to act by. Throws while it is not there yet. */
export function session(): SessionLink {
  if (!link) throw new Error('Still connecting; please try again in a moment.')
  return link
}

function takeBalances(entries: readonly (readonly [string, bigint])[]): void {
  balances.value = new Map(entries)
  known.value = true
}

/** Takes over a balance that an answer has told, ahead of the session's own news of it. */
export function noteBalance(asset: string, balance: bigint): void {
  balances.value = new Map(balances.value).set(asset, balance)
}
