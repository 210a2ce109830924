import { randomBytes } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { TenantId } from '../../schema/account.ts'
import type { User } from '../user.ts'
import { createPerson, createUser, emailKey, upgradeGuest } from './person.ts'

/** Somebody as a provider names them. */
type Identity = Readonly<{ tenant: TenantId; issuer: string; subject: string }>

type Asked = Readonly<{
  identity: Identity
  /** Only an address that the provider has verified. */
  email: string | undefined
  /** The guest that they are so far. */
  guest: string | null
  /** Makes a name out of three random bytes. */
  name: (bytes: Uint8Array) => string
}>

/**
 * The user of an identity: who came by it before; else who has the verified address, which our own accounts have verified, too;
 * else the guest, or a new user.
 */
export async function findOrCreateIdentified(
  client: PoolClient,
  { identity, email, guest, name }: Asked,
  now_ms: number,
): Promise<Readonly<{ user: User; isNew: boolean }>> {
  const { tenant, issuer, subject } = identity
  // Two tabs that come back at once are one user.
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [[tenant, issuer, subject].join(' ')])
  const known = await userBy(
    client,
    'join person_identity i on i.user_id = u.id where i.tenant = $1 and i.issuer = $2 and i.subject = $3',
    [tenant, issuer, subject],
  )
  if (known) return { user: known, isNew: false }
  const found = email === undefined ? undefined : await byEmail(client, tenant, email)
  const { user, isNew } = found
    ? { user: found, isNew: false }
    : await create(client, tenant, email, guest, name, now_ms)
  await client.query('insert into person_identity(tenant, issuer, subject, user_id) values ($1, $2, $3, $4)', [
    tenant,
    issuer,
    subject,
    user.id,
  ])
  return { user, isNew }
}

function byEmail(client: PoolClient, tenant: TenantId, email: string): Promise<User | undefined> {
  return userBy(client, 'join person p on p.user_id = u.id where p.tenant = $1 and p.email_key = $2', [
    tenant,
    emailKey(email),
  ])
}

async function create(
  client: PoolClient,
  tenant: TenantId,
  email: string | undefined,
  guest: string | null,
  name: Asked['name'],
  now_ms: number,
): Promise<Readonly<{ user: User; isNew: boolean }>> {
  const named = name(randomBytes(3))
  if (email !== undefined) {
    const created = await createPerson(client, { tenant, email, passwordHash: null, name: named, guest }, now_ms)
    if (created) return created
  }
  const upgraded = guest === null ? undefined : await upgradeGuest(client, tenant, guest, named)
  return upgraded
    ? { user: upgraded, isNew: false }
    : { user: await createUser(client, tenant, named, now_ms), isNew: true }
}

async function userBy(client: PoolClient, where: string, values: readonly string[]): Promise<User | undefined> {
  const { rows } = await client.query<User>(
    `select u.id, u.tenant, u.name, u.guest, u.roles from app_user u ${where}`,
    [...values],
  )
  return rows[0]
}
