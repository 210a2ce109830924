import { acted } from '../access/acts.ts'
import type { ActDecision } from '../ledger/act.ts'
import { ITEM_ISSUER, STOCK, type TenantId } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { itemAsset, toAsset, type AssetId } from '../schema/asset.ts'
import { hashBox, type Box } from '../schema/box.ts'
import type { BoxContents } from '../schema/box-admin.ts'
import { boxOf } from '../schema/box-contents.ts'
import type { EventDraft } from '../schema/event.ts'
import { toJson } from '../schema/json.ts'
import type { OutcomeId } from '../schema/uuid.ts'

/**
 * What the staff has done with a box: the durable state of the actor `box-<tenant>:<id>`, whose alarm is the earlier of its two times.
 *
 *     never published ──publish──▶ offered ──retire──▶ retired ──publish──▶ offered
 *                        at a time: the contents wait in `publish`, `retire` at a time of its own
 *
 * The tables that everyone reads are written by the statement that writes this.
 */
export type Desk = Readonly<{
  id: string
  /** The last version that was published here. */
  version: Readonly<{
    box: Readonly<Record<string, unknown>>
    hash: string
    outcome: OutcomeId
    stock: readonly Readonly<{ asset: AssetId; amount: string }>[]
  }> | null
  publish: Planned | null
  retire: Readonly<{ at_ms: number; by: string }> | null
  retired: boolean
}>

/** Contents that are published at a time, just as they were when that was decided. */
export type Planned = Readonly<{ at_ms: number; by: string; contents: BoxContents; hash: string }>

/** What is published: by whom, as which outcome, and what stands there already. */
export type Publication = Readonly<{
  tenant: TenantId
  outcome: OutcomeId
  by: string
  contents: BoxContents
  /** The newest version; null when there is none. */
  newest: Readonly<{ version: number; contentsHash: string }> | null
  hash: string
  /** Items whose stock has been decided: limited before, or on offer without a limit. */
  decided: ReadonlySet<AssetId>
}>

type Decision = ActDecision<Desk>

export const newDesk = (id: string): Desk => ({ id, version: null, publish: null, retire: null, retired: false })

/** Publishes the next version. Refuses with `box/state` what is on offer just so. A planned publication is done with. */
export function publishNow(desk: Desk, publication: Publication): Decision {
  const { tenant, outcome, by, contents, newest, decided } = publication
  if (isOffered(desk, publication)) return refuse('this is on offer already')
  const box = boxOf(desk.id, (newest?.version ?? 0) + 1, contents)
  const hash = hashBox(box)
  const stock = stockOf(contents, box, decided)
  const state: Desk = { ...desk, version: { box: jsonOf(box), hash, outcome, stock }, publish: null, retired: false }
  const { id, version } = box
  return commit(state, 'box.publish', {
    transfers: stock.map(({ asset, amount }) => ({
      asset: toAsset(asset),
      debit: ITEM_ISSUER,
      credit: STOCK,
      amount: toAmount(BigInt(amount)),
    })),
    events: [
      { type: 'box.published', payload: { box: id, version, hash } },
      ...stock.map(({ asset, amount }): EventDraft => ({
        type: 'money.moved',
        payload: { asset, from: ITEM_ISSUER, to: STOCK, amount },
      })),
      acted({
        by: { user: by, tenant },
        action: 'box.publish',
        object: `box:${id}`,
        before: { version: newest?.version ?? null },
        after: { version, hash },
      }),
    ],
  })
}

/** Whether this would be the newest version once more. */
export function isOffered({ retired }: Desk, { newest, hash }: Pick<Publication, 'newest' | 'hash'>): boolean {
  return !retired && newest?.contentsHash === hash
}

type By = Readonly<{ user: string; tenant: TenantId }>

/** Takes a box off the shelf. Refuses with `box/state` one that is not on it. */
export function retireNow(desk: Desk, newest: number | null, by: By): Decision {
  if (newest === null || desk.retired) return refuse('this box is not on offer')
  const payload = { box: desk.id, version: newest }
  const state: Desk = { ...desk, retire: null, retired: true }
  const act = acted({
    by,
    action: 'box.retire',
    object: `box:${desk.id}`,
    before: { version: newest },
    after: { version: null },
  })
  return commit(state, 'box.retire', { events: [{ type: 'box.retired', payload }, act] })
}

/** Sets or takes back the times; what is left out stays. */
export function schedule(desk: Desk, times: Partial<Pick<Desk, 'publish' | 'retire'>>, by: By): Decision {
  const state: Desk = { ...desk, ...times }
  if (timesOf(state).every((at, i) => at === timesOf(desk)[i]) && state.publish?.hash === desk.publish?.hash)
    return { type: 'done', state: desk }
  const [publishAt, retireAt] = timesOf(state)
  if (publishAt !== null && retireAt !== null && publishAt >= retireAt)
    return refuse('a box is published before it is retired')
  const payload = { box: desk.id, publishAt, retireAt }
  const act = acted({ by, action: 'box.schedule', object: `box:${desk.id}`, before: plan(desk), after: plan(state) })
  return commit(state, 'box.schedule', { events: [{ type: 'box.scheduled', payload }, act] })
}

/** What is due at `now_ms`; undefined: nothing. */
export function dueOf({ publish, retire }: Desk, now_ms: number): 'publish' | 'retire' | undefined {
  if (publish !== null && publish.at_ms <= now_ms) return 'publish'
  return retire !== null && retire.at_ms <= now_ms ? 'retire' : undefined
}

function plan(desk: Desk) {
  const [publishAt, retireAt] = timesOf(desk)
  return { publishAt, retireAt, hash: desk.publish?.hash ?? null }
}

function timesOf({ publish, retire }: Desk): readonly [number | null, number | null] {
  return [publish?.at_ms ?? null, retire?.at_ms ?? null]
}

/** What is put into stock with this version: limits that were not decided before. */
function stockOf({ prizes }: BoxContents, box: Box, decided: ReadonlySet<AssetId>) {
  return prizes.flatMap(({ sku, stock: amount }) => {
    const asset = itemAsset(sku, box.asset)
    return amount === undefined || decided.has(asset) ? [] : [{ asset, amount }]
  })
}

function jsonOf(box: Box): Readonly<Record<string, unknown>> {
  return JSON.parse(toJson(box)) as Readonly<Record<string, unknown>>
}

type Effects = Extract<Decision, { type: 'commit' }>['effects']

function commit(state: Desk, kind: string, effects: Omit<Effects, 'kind' | 'wake_at_ms'>): Decision {
  const next = timesOf(state).filter((at) => at !== null)
  const wake_at_ms = next.length === 0 ? null : Math.min(...next)
  return { type: 'commit', state, effects: { kind, ...effects, wake_at_ms } }
}

function refuse(reason: string): Decision {
  return { type: 'refuse', code: 'box/state', details: { reason } }
}
