import type { LedgerReader } from '../../ledger/ledger.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Openings } from '../../openings/openings.ts'
import { userOwner, wageredOwner } from '../../schema/account.ts'
import { moneyWagered, skuOf } from '../../schema/asset.ts'
import { levelOf } from '../../schema/level.ts'
import type { OwnLimit } from '../../schema/limits.ts'
import type { OwnSeeds } from '../../schema/opening.ts'
import type { Balance } from '../../schema/outcome.ts'
import { LimitState, SeedsState, SessionState } from '../../schema/session.ts'
import { lossLimits } from './command.ts'
import type { Owner } from './log.ts'

/** What a session shows, as it was read. */
type Own = Readonly<{
  balances: readonly Balance[]
  wagers: readonly Balance[]
  seeds: OwnSeeds
  limits: readonly OwnLimit[]
}>

export async function readOwn(
  { reader, openings, limits }: Readonly<{ reader: LedgerReader; openings: Openings; limits: Limits }>,
  owner: Owner,
): Promise<Own> {
  const { tenant, user } = owner
  const [balances, wagers, seeds, own] = await Promise.all([
    reader.balances(tenant, userOwner(user)),
    reader.balances(tenant, wageredOwner(user)),
    openings.seeds(owner),
    limits.own(owner),
  ])
  return { balances, wagers, seeds, limits: lossLimits(own) }
}

export function emptyState(user: string, name: string): SessionState {
  const state = new SessionState()
  state.user = user
  state.name = name
  state.seeds = new SeedsState()
  return state
}

/** Brings the state to what was read; what is the same is not touched, so that it is not sent again. */
export function show(state: SessionState, { balances, wagers, seeds, limits }: Own): void {
  const held = balances.filter(({ asset, balance, held: kept }) => !(balance === 0n && kept === 0n && isItem(asset)))
  fill(
    state.balances,
    entries(held, ({ balance }) => balance.toString()),
  )
  fill(
    state.held,
    entries(held, ({ held: kept }) => kept.toString()),
  )
  fill(
    state.levels,
    wagers.flatMap(({ asset, balance }) => {
      const money = moneyWagered(asset)
      return money === undefined ? [] : [[money, levelOf(balance)] as const]
    }),
  )
  showSeeds(state.seeds, seeds)
  showLimits(state.limits, limits)
}

const isItem = (asset: Balance['asset']): boolean => skuOf(asset) !== undefined

function entries<T>(balances: readonly Balance[], value: (balance: Balance) => T): readonly (readonly [string, T])[] {
  return balances.map((balance) => [balance.asset, value(balance)])
}

type Shown<T> = Readonly<{
  get(key: string): T | undefined
  set(key: string, value: T): unknown
  delete(key: string): unknown
  keys(): Iterable<string>
}>

function fill<T>(shown: Shown<T>, wanted: readonly (readonly [string, T])[]): void {
  const there = new Map(wanted)
  for (const [key, value] of there) if (shown.get(key) !== value) shown.set(key, value)
  for (const key of Array.from(shown.keys())) if (!there.has(key)) shown.delete(key)
}

function showSeeds(shown: SeedsState, { current, next }: OwnSeeds): void {
  assignChanged(shown, {
    seeds: current?.seeds ?? '',
    seedHash: current?.seedHash ?? '',
    clientSeed: current?.clientSeed ?? '',
    nonce: current?.nonce ?? 0,
    nextSeeds: next.seeds,
    nextSeedHash: next.seedHash,
  })
}

function showLimits(shown: SessionState['limits'], limits: readonly OwnLimit[]): void {
  const there = new Map(limits.map((limit) => [limit.asset, limit]))
  for (const key of Array.from(shown.keys())) if (!there.has(key)) shown.delete(key)
  for (const [asset, { amount, left, raise }] of there) {
    const known = shown.get(asset)
    const limit = known ?? new LimitState()
    assignChanged(limit, { amount, left, raise: raise?.amount ?? '', raiseFrom: raise?.from_ms ?? 0 })
    if (known === undefined) shown.set(asset, limit)
  }
}

function assignChanged<T extends object>(shown: T, wanted: Partial<T>): void {
  for (const [key, value] of Object.entries(wanted))
    if (Reflect.get(shown, key) !== value) Reflect.set(shown, key, value)
}
