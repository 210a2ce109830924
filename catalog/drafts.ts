import type { Pool, PoolClient } from 'pg'
import type { TenantId } from '../schema/account.ts'
import type { BoxContents } from '../schema/box-admin.ts'
import { hashContents } from '../schema/box-contents.ts'
import { toJson } from '../schema/json.ts'

/** A draft as it is kept; `contents` is null when there is none any more. */
export type StoredDraft = Readonly<{ revision: number; contents: BoxContents | null; hash: string | null }>

type Query = Pick<Pool | PoolClient, 'query'>

export async function findDraft(pool: Query, tenant: TenantId, id: string): Promise<StoredDraft | undefined> {
  const { rows } = await pool.query<StoredDraft>(
    'select revision, contents, hash from box_draft where tenant = $1 and id = $2',
    [tenant, id],
  )
  return rows[0]
}

/** A box's draft and the revision that was seen of it, 0 when there was none. */
export type Saving = Readonly<{ id: string; revision: number; contents: BoxContents | null }>

/** Writes the next revision of a draft, or takes it away (null). False when it is not at that revision. */
export async function writeDraft(pool: Query, tenant: TenantId, { id, revision, contents }: Saving): Promise<boolean> {
  const { rowCount } = await pool.query(revision === 0 ? FIRST : NEXT, [
    tenant,
    id,
    contents && toJson(contents),
    contents && hashContents(id, contents),
    ...(revision === 0 ? [] : [revision]),
  ])
  return rowCount === 1
}

const FIRST = `insert into box_draft(tenant, id, revision, contents, hash) values ($1, $2, 1, $3, $4) on conflict do nothing`
const NEXT = `update box_draft set revision = revision + 1, contents = $3, hash = $4, changed_at = now()
  where tenant = $1 and id = $2 and revision = $5`

/** Takes a draft away because exactly this has been published. */
export async function clearDraft(pool: Query, tenant: TenantId, id: string, hash: string): Promise<void> {
  await pool.query(
    `update box_draft set revision = revision + 1, contents = null, hash = null, changed_at = now()
     where tenant = $1 and id = $2 and hash = $3`,
    [tenant, id, hash],
  )
}
