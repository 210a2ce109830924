import type { PoolClient } from 'pg'
import type { Sealer } from '../seal.ts'
import { emailKey } from './person.ts'

/** What a letter, or what it brings, is found by without its address being readable in the database. */
export function aboutAddress(sealer: Pick<Sealer, 'word'>, email: string): string {
  return sealer.word(`address/${emailKey(email)}`)
}

/** Deletes letters to a user's address that wait, and what earlier ones were to bring back. */
export async function forgetLetters(
  client: PoolClient,
  { user, sealer }: Readonly<{ user: string; sealer: Pick<Sealer, 'word'> }>,
): Promise<void> {
  const { rows } = await client.query<{ email: string }>('select email from person where user_id = $1', [user])
  for (const { email } of rows) {
    const about = aboutAddress(sealer, email)
    await client.query('delete from mail where about = $1', [about])
    await client.query('delete from one_time_token where about = $1', [about])
  }
}
