import type { Pool } from 'pg'
import { maskedUser } from '../schema/masked-user.ts'
import { preferences, type Preferences } from '../schema/staff.ts'
import type { User } from './user.ts'

/** What somebody prefers; what they never said is as `preferences` has it. */
export async function readPreferences(pool: Pool, user: string): Promise<Preferences> {
  const { rows } = await pool.query<{ value: object }>('select value from preference where user_id = $1', [user])
  // Written by an older version, it may have fields that there are no more.
  const kept = Object.entries(rows[0]?.value ?? {}).filter(([field]) => Object.hasOwn(preferences.shape, field))
  return preferences.parse(Object.fromEntries(kept))
}

/** All of them anew. */
export async function writePreferences(pool: Pool, user: string, value: Preferences, now_ms: number): Promise<void> {
  await pool.query(
    `insert into preference(user_id, value, changed_ms) values ($1, $2, $3)
     on conflict (user_id) do update set value = excluded.value, changed_ms = excluded.changed_ms`,
    [user, JSON.stringify(value), now_ms],
  )
}

/** How others see somebody: by their name, unless they prefer not to be. */
export async function shownName(pool: Pool, { id, name }: Pick<User, 'id' | 'name'>): Promise<string> {
  const { rowCount } = await pool.query(`select from preference where user_id = $1 and value -> 'showName' = 'false'`, [
    id,
  ])
  return rowCount === 1 ? maskedUser(id) : name
}
