import type { Pool } from 'pg'
import type { TenantId } from '../schema/account.ts'
import type { SignalKind } from '../schema/fraud.ts'

/** One who shares something: times in unix ms. */
export type Member = Readonly<{ user: string; first_ms: number; last_ms: number; count: number }>

/** Users of one tenant who share something; `id` names what, by its digest in base64url. `members` are the latest ten. */
export type SignalGroup = Readonly<{ id: string; users: number; members: readonly Member[] }>

type GroupQuery = Readonly<{
  kind: SignalKind
  /** As many users or more. */
  least: number
  after: Readonly<{ users: number; id: string }> | undefined
  limit: number
}>
type MemberQuery = Readonly<{ kind: SignalKind; id: string; after: string; limit: number }>
type MemberRow = Readonly<{ user: string; first_ms: string; last_ms: string; count: string }>

const MEMBERS_SHOWN = 10
/** Comes before every digest. */
const FIRST = Buffer.alloc(0)

/** The largest groups first, of the same size by their digest. */
export async function findGroups(pool: Pool, tenant: TenantId, query: GroupQuery): Promise<readonly SignalGroup[]> {
  const { kind, least, after, limit } = query
  const { rows } = await pool.query<{ digest: Buffer; users: string; members: readonly MemberRow[] }>(
    `select g.digest, g.users, m.members
     from (
       select digest, users from signal_group
       where tenant = $1 and kind = $2 and users > 1 and users >= $3
         and ($4::bigint is null or users < $4 or (users = $4 and digest > $5))
       order by users desc, digest limit $6) g
     cross join lateral (
       select json_agg(s order by s.last_ms desc) as members from (
         select user_id as "user", first_ms, last_ms, count from signal s
         where s.tenant = $1 and s.kind = $2 and s.digest = g.digest order by last_ms desc limit $7) s) m
     order by g.users desc, g.digest`,
    [tenant, kind, least, after?.users ?? null, after ? digestOf(after.id) : FIRST, limit, MEMBERS_SHOWN],
  )
  return rows.map(({ digest, users, members }) => ({
    id: digest.toString('base64url'),
    users: Number(users),
    members: members.map(memberOf),
  }))
}

/** Who is in a group, by id. */
export async function findMembers(pool: Pool, tenant: TenantId, query: MemberQuery): Promise<readonly Member[]> {
  const { kind, id, after, limit } = query
  const { rows } = await pool.query<MemberRow>(
    `select user_id as "user", first_ms, last_ms, count from signal
     where tenant = $1 and kind = $2 and digest = $3 and user_id > $4 order by user_id limit $5`,
    [tenant, kind, digestOf(id), after, limit],
  )
  return rows.map(memberOf)
}

const digestOf = (id: string): Buffer => Buffer.from(id, 'base64url')

const memberOf = ({ user, first_ms, last_ms, count }: MemberRow): Member => ({
  user,
  first_ms: Number(first_ms),
  last_ms: Number(last_ms),
  count: Number(count),
})
