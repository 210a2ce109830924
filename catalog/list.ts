import type { Pool } from 'pg'
import { returnOf } from '../game/box/fitness.ts'
import type { TenantId } from '../schema/account.ts'
import type { BoxContents, BoxListed, BoxPage } from '../schema/box-admin.ts'

type Row = Readonly<{
  id: string
  version: number | null
  hash: string | null
  revision: number | null
  drafted: boolean
  contents: BoxContents
  publish_at: Date | null
  retire_at: Date | null
  retired: boolean | null
}>

/** Boxes by id from `after` on: whatever has a draft or a version. */
export async function listBoxes(
  pool: Pool,
  tenant: TenantId,
  { after, limit }: Readonly<{ after: string; limit: number }>,
): Promise<BoxPage> {
  const { rows } = await pool.query<Row>(
    `with newest as (
       select distinct on (id) id, version, hash,
         jsonb_build_object('name', name, 'asset', asset, 'price', price::text, 'prizes', prizes) as contents
       from box_version where tenant = $1 and id > $2 order by id, version desc),
     draft as (select id, revision, contents from box_draft where tenant = $1 and id > $2),
     merged as (
       select id, version, hash, revision, draft.contents is not null as drafted,
         coalesce(draft.contents, newest.contents) as contents
       from newest full join draft using (id))
     select merged.*, publish_at, retire_at, retired
     from merged left join box_desk desk on desk.tenant = $1 and desk.id = merged.id
     where contents is not null order by merged.id limit $3`,
    [tenant, after, limit + 1],
  )
  const shown = rows.slice(0, limit)
  return { boxes: shown.map(listed), next: rows.length > limit ? shown.at(-1)!.id : null }
}

function listed({ id, version, hash, revision, drafted, contents, publish_at, retire_at, retired }: Row): BoxListed {
  const { name, asset, price, prizes } = contents
  return {
    id,
    state: version === null ? 'draft' : retired ? 'retired' : 'offered',
    version,
    hash,
    publishAt: publish_at?.getTime() ?? null,
    retireAt: retire_at?.getTime() ?? null,
    name,
    asset,
    price,
    returnToPlayer: returnOf(contents) ?? null,
    prizes: prizes.length,
    revision: revision ?? 0,
    drafted,
  }
}
