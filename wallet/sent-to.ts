import type { Pool } from 'pg'
import type { Sealer } from '../access/seal.ts'
import type { Owner } from './parts.ts'

type Parts = Readonly<{ pool: Pool; sealer: Pick<Sealer, 'seal' | 'open' | 'word'> }>

/** The context under which the user's targets and addresses rest. */
export const sentToContext = (user: string): string => `sent-to/${user}`

/** Keeps where something goes, sealed, under the id of the payment or redemption. */
export async function keepTarget(
  { pool, sealer }: Parts,
  { tenant, user }: Owner,
  id: string,
  text: string,
): Promise<void> {
  await pool.query(
    'insert into sent_to (id, tenant, user_id, sealed) values ($1, $2, $3, $4) on conflict (id) do nothing',
    [id, tenant, user, sealer.seal(text, sentToContext(user))],
  )
}

/** Undefined once it is erased. */
export async function readTarget(
  { pool, sealer }: Parts,
  { tenant, user }: Owner,
  id: string,
): Promise<string | undefined> {
  const sql = 'select sealed from sent_to where id = $1 and tenant = $2'
  const { rows } = await pool.query<{ sealed: string }>(sql, [id, tenant])
  return rows[0] && sealer.open(rows[0].sealed, sentToContext(user))
}

export async function dropTarget({ pool }: Pick<Parts, 'pool'>, id: string): Promise<void> {
  await pool.query('delete from sent_to where id = $1', [id])
}

/** The same for the same target of the same tenant; tells nothing of it. */
export function targetWord({ sealer }: Pick<Parts, 'sealer'>, { tenant }: Owner, target: string): string {
  return sealer.word(`payout-target/${JSON.stringify([tenant, target])}`)
}
