import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { personalTables } from './erasure.ts'

let database: TestDatabase
let pool: pg.Pool
beforeAll(async () => {
  database = await createDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 2 })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

/**
 * Tables that name users and say nothing of them but ids, amounts, states and times. So do the sums of
 * analytics. A table with more belongs into the list.
 */
const IDS_ONLY = new Set([
  'account',
  'account_closed',
  'outcome',
  'event',
  'concern',
  'revealed_seed',
  'revocation',
  'erasure',
  'frozen_user',
  'client_event_user',
])

test('every table that names users is either listed as personal, or known to hold ids only', async () => {
  const { rows } = await pool.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
       and (a.attname in ('user_id', 'principal', 'owner', 'seller')
         or exists (select from pg_constraint k where k.conrelid = c.oid and k.confrelid = 'app_user'::regclass and a.attnum = any(k.conkey)))
     group by 1 order by 1`,
  )
  const listed = new Map(personalTables.map(({ table, user }) => [table, user]))
  const unknown = rows.filter(({ name }) => !listed.has(name) && !IDS_ONLY.has(name) && !name.startsWith('analytics_'))
  expect(unknown.map(({ name, columns }) => `${name} (${columns.join(', ')})`)).toEqual([])
  for (const { name, columns } of rows) if (listed.has(name)) expect(columns, name).toContain(listed.get(name))
})

test('what is listed is there, so that an erasure and an export can be made', async () => {
  for (const { table, user, how, told = [] } of personalTables) {
    if (typeof how === 'function') continue
    const set = typeof how === 'string' ? [] : Object.keys(how)
    await pool.query(`select ${[user, ...told, ...set].join(', ')} from ${table} where ${user} = $1`, [
      '018bcfe5-6800-7000-8000-000000000001',
    ])
  }
  expect(personalTables.at(-1)?.table).toBe('app_user')
})
