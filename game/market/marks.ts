import { ITEM_ISSUER, userOwner, type TenantId } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import type { AssetId } from '../../schema/asset.ts'
import type { HoldStep } from '../../schema/outcome.ts'
import type { OutcomeId } from '../../schema/uuid.ts'
import { refuse, type Decision } from './decision.ts'

/** How one item is marked: `locked` of it are under `hold`, so that the ledger itself keeps them; `shown`: strangers see it. */
export type Mark = Readonly<{ locked: number; hold: OutcomeId | null; shown: boolean }>

/** What a user has marked, by asset: the state of the actor `marks-<user>`. What is not marked does not stand in it. */
export type Marks = Readonly<{ user: string; tenant: TenantId; items: Readonly<Record<string, Mark>> }>

export type WantedMark = Readonly<{ asset: AssetId; locked?: number | undefined; shown?: boolean | undefined }>

export const MARKS = 'marks'
export const marksActor = (user: string): string => `${MARKS}-${user}`

/** Items one may mark; all of them stand in one state. */
const MARKS_MAX = 1000
const UNMARKED: Mark = { locked: 0, hold: null, shown: false }

/** How an item is marked. */
export function markOf(marks: Marks | undefined, asset: string): Mark {
  return marks?.items[asset] ?? UNMARKED
}

/**
 * Marks an item. So many as shall be locked are held for good under `hold`, in place of those that were: the ledger refuses when the
 * user has not so many (`ledger/insufficient`). `market/too-many` past a thousand marked items.
 */
export function markItem(marks: Marks, wanted: WantedMark, hold: OutcomeId): Decision<Marks> {
  const { asset } = wanted
  const { user } = marks
  const before = markOf(marks, asset)
  const locked = wanted.locked ?? before.locked
  const shown = wanted.shown ?? before.shown
  if (locked === before.locked && shown === before.shown) return { type: 'done', state: marks }
  const isRelocked = locked !== before.locked
  const mark: Mark = { locked, hold: isRelocked ? (locked > 0 ? hold : null) : before.hold, shown }
  const items = Object.fromEntries(
    Object.entries({ ...marks.items, [asset]: mark }).filter(([, each]) => each.locked > 0 || each.shown),
  )
  if (Object.keys(items).length > MARKS_MAX) return refuse('market/too-many')
  return {
    type: 'commit',
    state: { ...marks, items },
    effects: {
      kind: 'item.mark',
      transfers: [],
      holds: isRelocked ? relock(user, asset, before.hold, locked, hold) : [],
      events: [{ type: 'item.marked', user, payload: { user, asset, locked, shown } }],
    },
  }
}

function relock(user: string, asset: AssetId, old: OutcomeId | null, locked: number, hold: OutcomeId): HoldStep[] {
  const opened: HoldStep[] = old ? [{ type: 'void', hold: old }] : []
  if (locked === 0) return opened
  const amount = toAmount(BigInt(locked))
  // Where it would go does not matter: what is locked is freed, never posted.
  const legs = { asset, debit: userOwner(user), credit: ITEM_ISSUER, amount }
  return [...opened, { type: 'place', hold, expires_at_ms: null, ...legs }]
}

export function marksFromJson(text: string): Marks {
  return JSON.parse(text) as Marks
}
