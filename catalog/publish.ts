import type { Pool } from 'pg'
import type { Ledger } from '../ledger/ledger.ts'
import type { TenantId } from '../schema/account.ts'
import type { Box } from '../schema/box.ts'
import { digestOf } from '../schema/digest.ts'
import { uuidv7, type OutcomeId } from '../schema/uuid.ts'
import { findVersion, insertVersion, markAnnounced, publishedBox, type PublishedBox } from './box-version.ts'

type Parts = Readonly<{ pool: Pool; ledger: Ledger; tenant: TenantId; clock: () => number }>

/**
 * Publishes a box as its next version, and announces it by the event `box.published`. What equals the newest version is
 * not published again; an announcement that a crash cut off is made up for.
 */
export async function publishBox(parts: Parts, draft: Omit<Box, 'version'>): Promise<PublishedBox> {
  const { pool, tenant, clock } = parts
  for (;;) {
    const newest = await findVersion(pool, tenant, draft.id)
    const version = newest?.published.box.version ?? 0
    if (newest?.published.hash === publishedBox({ ...draft, version }).hash) {
      if (!newest.announcement.announced) await announce(parts, newest.published, newest.announcement.outcome)
      return newest.published
    }
    const next = publishedBox({ ...draft, version: version + 1 })
    const outcome = uuidv7(clock())
    // Another node may publish at the same time: then this round finds its version and compares again.
    if (!(await insertVersion(pool, tenant, next.box, outcome))) continue
    await announce(parts, next, outcome)
    return next
  }
}

async function announce({ pool, ledger, tenant }: Parts, { box, hash }: PublishedBox, outcome: OutcomeId) {
  const payload = { box: box.id, version: box.version, hash }
  await ledger.commit({
    id: outcome,
    kind: 'box.publish',
    tenant,
    request: digestOf({ publish: payload }),
    transfers: [],
    events: [{ type: 'box.published', payload }],
  })
  await markAnnounced(pool, outcome)
}
