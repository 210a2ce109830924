import type { Pool } from 'pg'
import type { Principal } from '../access/access.ts'
import { claim } from '../access/idempotency.ts'
import { act, type ActDecision, type RoomlessActor } from '../ledger/act.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { userOwner, type TenantId } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import type { BoxContents, BoxStanding } from '../schema/box-admin.ts'
import { contentsOf, hashContents } from '../schema/box-contents.ts'
import { RollingDropError, toRollingDropError } from '../schema/errors.ts'
import { toJson } from '../schema/json.ts'
import { uuidv7, type OutcomeId } from '../schema/uuid.ts'
import { findVersion } from './box-version.ts'
import { dueOf, isOffered, newDesk, publishNow, retireNow, schedule, type Desk, type Publication } from './desk.ts'
import { clearDraft } from './drafts.ts'
import { findDecided } from './surroundings.ts'

export type DeskParts = Readonly<{ pool: Pool; ledger: Ledger; clock: () => number }>

/** A command of somebody of the staff, as it came. */
export type DeskCommand = Readonly<{ principal: Principal; key: string; box: string }>

/** Times that another version may come in between the look at the newest one and the commit. */
const OVERTAKEN_MAX = 3
const PREFIX = 'box-'
const ON_OFFER = 'this is on offer already'

/**
 * Publishes exactly these contents, at once or at a time. `settle` gives them, and refuses what may not be published; it is asked only
 * when the key is new. Throws `box/state`.
 */
export async function publishOnce(
  parts: DeskParts,
  { principal, key, box }: DeskCommand,
  body: Readonly<{ revision: number; at?: number | undefined }>,
  settle: () => Promise<BoxContents>,
): Promise<void> {
  const { pool, clock } = parts
  const { tenant, user: by } = principal
  const command = { principal, route: `POST /admin/boxes/${box}/publish`, key, body }
  const { outcome, request, plan: contents } = await claim(pool, command, clock(), settle)
  const hash = hashContents(box, contents)
  const at_ms = body.at
  await actAs(parts, tenant, { id: outcome, request, by }, box, async (desk) => {
    const publication = await publicationOf(pool, box, { tenant, outcome, by, contents })
    if (at_ms === undefined) return publishNow(desk, publication)
    if (isOffered(desk, publication)) return { type: 'refuse', code: 'box/state', details: { reason: ON_OFFER } }
    return schedule(desk, { publish: { at_ms, by, contents, hash } }, { user: by, tenant })
  })
  if (at_ms === undefined) await clearDraft(pool, tenant, box, hash)
}

/** Takes a box off the shelf, at once or at a time. Throws `box/unknown` or `box/state`. */
export async function retireOnce(
  parts: DeskParts,
  { principal, key, box }: DeskCommand,
  body: Readonly<{ at?: number | undefined }>,
): Promise<void> {
  const { pool, clock } = parts
  const { tenant, user } = principal
  const command = { principal, route: `POST /admin/boxes/${box}/retire`, key, body }
  const { outcome: id, request } = await claim(pool, command, clock(), async () => null)
  await actAs(parts, tenant, { id, request, by: user }, box, async (desk) => {
    const newest = await newestOf(pool, tenant, box)
    const { at: at_ms } = body
    if (at_ms === undefined) return retireNow(desk, newest?.version ?? null, principal)
    const isOnOffer = (newest !== null && !desk.retired) || desk.publish !== null
    if (!isOnOffer)
      return { type: 'refuse', code: 'box/state', details: { reason: 'this box is not on offer, nor will it be' } }
    return schedule(desk, { retire: { at_ms, by: user } }, principal)
  })
}

/** Takes both times of a box back. */
export async function unscheduleOnce(parts: DeskParts, { principal, key, box }: DeskCommand): Promise<void> {
  const { tenant, user: by } = principal
  const command = { principal, route: `DELETE /admin/boxes/${box}/schedule`, key, body: null }
  const { outcome: id, request } = await claim(parts.pool, command, parts.clock(), async () => null)
  await actAs(parts, tenant, { id, request, by }, box, (desk) =>
    schedule(desk, { publish: null, retire: null }, principal),
  )
}

/** Does what is due of the box whose actor this is. */
export async function ringDesk(parts: DeskParts, actor: string, now_ms: number): Promise<void> {
  const { pool } = parts
  const [tenant, box] = actor.slice(PREFIX.length).split(':') as [TenantId, string]
  for (let ahead = 0; ahead < 2; ahead++) {
    const id = uuidv7(now_ms)
    let published: string | undefined
    await actAs(parts, tenant, { id, request: digestOf({ due: actor, now_ms }) }, box, async (desk) => {
      const due = dueOf(desk, now_ms)
      published = undefined
      if (due === undefined) return { type: 'done', state: desk }
      if (due === 'retire') return retireDue(desk, tenant, (await newestOf(pool, tenant, box))?.version ?? null)
      const { by, contents, hash } = desk.publish!
      published = hash
      const publication = await publicationOf(pool, box, { tenant, outcome: id, by, contents })
      // It came to be on offer some other way: nothing is left of the plan.
      if (isOffered(desk, publication)) return schedule(desk, { publish: null }, { user: by, tenant })
      return publishNow(desk, publication)
    })
    if (published !== undefined) await clearDraft(pool, tenant, box, published)
  }
}

function retireDue(desk: Desk, tenant: TenantId, newest: number | null): ActDecision<Desk> {
  const by = { user: desk.retire!.by, tenant }
  const decision = retireNow(desk, newest, by)
  return decision.type === 'refuse' ? schedule(desk, { retire: null }, by) : decision
}

/** How a box stands: what the staff sees in every answer. */
export async function standingOf(pool: Pool, tenant: TenantId, id: string): Promise<BoxStanding> {
  const newest = await findVersion(pool, tenant, id)
  const { rows } = await pool.query<Readonly<{ publish_at: Date | null; retire_at: Date | null; retired: boolean }>>(
    'select publish_at, retire_at, retired from box_desk where tenant = $1 and id = $2',
    [tenant, id],
  )
  const [desk] = rows
  return {
    id,
    state: newest === undefined ? 'draft' : desk?.retired ? 'retired' : 'offered',
    version: newest?.published.box.version ?? null,
    hash: newest?.published.hash ?? null,
    publishAt: desk?.publish_at?.getTime() ?? null,
    retireAt: desk?.retire_at?.getTime() ?? null,
  }
}

async function newestOf(pool: Pool, tenant: TenantId, id: string): Promise<Publication['newest']> {
  const box = (await findVersion(pool, tenant, id))?.published.box
  return box ? { version: box.version, contentsHash: hashContents(id, contentsOf(box)) } : null
}

async function publicationOf(
  pool: Pool,
  box: string,
  given: Pick<Publication, 'tenant' | 'outcome' | 'by' | 'contents'>,
): Promise<Publication> {
  const { tenant, contents } = given
  const [newest, decided] = await Promise.all([newestOf(pool, tenant, box), findDecided(pool, tenant, contents)])
  return { ...given, newest, hash: hashContents(box, contents), decided: new Set(decided.keys()) }
}

type Order = Readonly<{ id: OutcomeId; request: string; by?: string }>

async function actAs(
  { ledger }: DeskParts,
  tenant: TenantId,
  { id, request, by }: Order,
  box: string,
  decide: (desk: Desk) => ActDecision<Desk> | Promise<ActDecision<Desk>>,
): Promise<void> {
  const actor: RoomlessActor<Desk> = {
    id: `${PREFIX}${tenant}:${box}`,
    kind: 'box',
    tenant,
    read: (text) => JSON.parse(text) as Desk,
    write: toJson,
  }
  const command = { id, request, ...(by !== undefined && { owner: userOwner(by) }) }
  for (let tries = 1; ; tries++) {
    try {
      await act(ledger, actor, command, (desk) => decide(desk ?? newDesk(box)))
      return
    } catch (cause) {
      // The tables refuse a version or a limit that somebody else has set just now.
      if (toRollingDropError(cause).code !== 'ledger/poisoned') throw cause
      if (tries === OVERTAKEN_MAX) throw new RollingDropError('box/state', { reason: 'others were faster' }, cause)
    }
  }
}
