import type { Pool, PoolClient } from 'pg'
import type { TenantId } from '../../schema/account.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import type { User } from '../user.ts'

/** Somebody with a mail address; `passwordHash` is null where they sign in elsewhere only. */
export type Person = Readonly<{ user: User; email: string; passwordHash: string | null }>

type Row = User & Readonly<{ email: string; password_hash: string | null }>

const COLUMNS = 'u.id, u.tenant, u.name, u.guest, u.roles, p.email, p.password_hash'

/** An address as it is compared: what differs only in case or in how letters are composed is one. */
export function emailKey(email: string): string {
  return email.normalize('NFKC').trim().toLowerCase()
}

export async function findByEmail(pool: Pool, tenant: TenantId, email: string): Promise<Person | undefined> {
  const { rows } = await pool.query<Row>(
    `select ${COLUMNS} from person p join app_user u on u.id = p.user_id where p.tenant = $1 and p.email_key = $2`,
    [tenant, emailKey(email)],
  )
  return rows[0] && personOf(rows[0])
}

export async function findPerson(pool: Pool, user: string): Promise<Person | undefined> {
  const { rows } = await pool.query<Row>(
    `select ${COLUMNS} from person p join app_user u on u.id = p.user_id where p.user_id = $1`,
    [user],
  )
  return rows[0] && personOf(rows[0])
}

export async function setPassword(pool: Pool, user: string, hash: string): Promise<void> {
  await pool.query('update person set password_hash = $2 where user_id = $1', [user, hash])
}

/** Who becomes an account: `guest` is the guest that they were so far, whose balance and things they keep. */
export type NewPerson = Readonly<{
  tenant: TenantId
  email: string
  passwordHash: string | null
  name: string
  guest: string | null
}>

/** The new account, and whether its user is new, too. Undefined when the address has one by now. */
export async function createPerson(
  client: PoolClient,
  { tenant, email, passwordHash, name, guest }: NewPerson,
  now_ms: number,
): Promise<Readonly<{ user: User; isNew: boolean }> | undefined> {
  const upgraded = guest === null ? undefined : await upgradeGuest(client, tenant, guest, name)
  const user = upgraded ?? (await createUser(client, tenant, name, now_ms))
  const { rowCount } = await client.query(
    `insert into person(user_id, tenant, email, email_key, password_hash, created_ms) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing`,
    [user.id, tenant, email, emailKey(email), passwordHash, now_ms],
  )
  return rowCount === 1 ? { user, isNew: upgraded === undefined } : undefined
}

/** Undefined when the guest is none any more: they have become an account in another tab. */
export async function upgradeGuest(client: PoolClient, tenant: TenantId, guest: string, name: string) {
  const { rows } = await client.query<User>(
    `update app_user set guest = false, name = $3 where id = $1 and tenant = $2 and guest
     returning id, tenant, name, guest, roles`,
    [guest, tenant, name],
  )
  return rows[0]
}

export async function createUser(client: PoolClient, tenant: TenantId, name: string, now_ms: number): Promise<User> {
  const user: User = { id: uuidv7(now_ms), tenant, name, guest: false, roles: ['player'] }
  await client.query(
    'insert into app_user(id, tenant, name, guest, roles, created_ms) values ($1, $2, $3, false, $4, $5)',
    [user.id, tenant, name, user.roles, now_ms],
  )
  return user
}

function personOf({ email, password_hash, id, tenant, name, guest, roles }: Row): Person {
  return { user: { id, tenant, name, guest, roles }, email, passwordHash: password_hash }
}
