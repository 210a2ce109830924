import type { AssetId } from './asset.ts'

/** A partner's, or our own, closed world of users, prices and keys. */
export type TenantId = string

/** `user:42`, `house:main`, `escrow:battle-…`, `stock:…`, `issue:items`, `faucet:play`, `debt:user:42`, `budget:…`, `wagered:user:42`, `world`. */
export type OwnerId = string

/** One account: what `owner` has of `asset` in the world of `tenant`. */
export type AccountRef = Readonly<{ tenant: TenantId; owner: OwnerId; asset: AssetId }>

export const MAIN_TENANT: TenantId = 'main'

const kinds = {
  user: { may_be_negative: false, striped: false },
  escrow: { may_be_negative: false, striped: false },
  stock: { may_be_negative: false, striped: false },
  budget: { may_be_negative: false, striped: false },
  settlement: { may_be_negative: false, striped: false },
  /** How much a user has ever wagered: a count, not money; it only rises, and levels follow from it. */
  wagered: { may_be_negative: false, striped: false },
  house: { may_be_negative: false, striped: true },
  /** What a partner has earned: its commission. */
  partner: { may_be_negative: false, striped: true },
  /** What a user owes: every charge-back the user could not cover was taken from here. */
  debt: { may_be_negative: true, striped: false },
  /** Where items and play credits come from, and where they go back to. */
  issue: { may_be_negative: true, striped: true },
  faucet: { may_be_negative: true, striped: true },
  /** Money outside: what came in by payment and went out by withdrawal. */
  world: { may_be_negative: true, striped: true },
} as const

export type AccountKind = keyof typeof kinds

const shape = /^[a-z][a-z-]*(:[A-Za-z0-9][A-Za-z0-9_.:-]{0,119})?$/

/** The kind of an account, which is the first word of its owner. Undefined when there is no such kind. */
export function kindOf(owner: OwnerId): AccountKind | undefined {
  if (!shape.test(owner)) return undefined
  const colon = owner.indexOf(':')
  const word = colon < 0 ? owner : owner.slice(0, colon)
  return Object.hasOwn(kinds, word) ? (word as AccountKind) : undefined
}

/** Whether accounts of this kind may go below zero. */
export function mayBeNegative(kind: AccountKind): boolean {
  return kinds[kind].may_be_negative
}

/** Whether accounts of this kind are hot and therefore spread over stripes (`house:main#0`, `house:main#1`, …). */
export function isStriped(kind: AccountKind): boolean {
  return kinds[kind].striped
}

export const userOwner = (user: string): OwnerId => `user:${user}`
export const wageredOwner = (user: string): OwnerId => `wagered:${userOwner(user)}`
export const escrowOwner = (battle: string): OwnerId => `escrow:battle-${battle}`
export const HOUSE: OwnerId = 'house:main'
/** Money outside: it comes in by payments and goes out by withdrawals. */
export const WORLD: OwnerId = 'world'
/** What a user owes stands here as a balance below zero. */
export const debtOwner = (user: string): OwnerId => `debt:${userOwner(user)}`
/** Counts what a user owes, in `owedAsset`: as it may not go below zero, no debt is ever paid twice. */
export const owedOwner = (user: string): OwnerId => `budget:${debtOwner(user)}`
export const DEBT_ISSUER: OwnerId = 'issue:debts'
export const partnerOwner = (partner: string): OwnerId => `partner:${partner}`
/** Where items of which there are only so many wait to be won. Nothing is issued into it but by whoever offers them. */
export const STOCK: OwnerId = 'stock:items'
export const ITEM_ISSUER: OwnerId = 'issue:items'
export const WAGER_ISSUER: OwnerId = 'issue:wagers'
export const PLAY_FAUCET: OwnerId = 'faucet:play'
