import type { Pool } from 'pg'
import { randomUUID } from 'node:crypto'

/** A node as the others see it: an entry with a lease and a lock. It beats for nobody and lives as long as the test wants. */
export type Living = Readonly<{
  id: string
  /** What the kernel does to a process that is killed: its lock is gone at once. */
  die: () => void
  /** What a stopped process does: nothing more. Its lease runs out after `lease_ms`, its lock stays. */
  freeze: (lease_ms: number) => Promise<void>
}>

/** A node that lives, over a connection of the pool which it keeps until it dies. */
export async function joinLiving(pool: Pool): Promise<Living> {
  const id = randomUUID()
  const session = await pool.connect()
  // Row and lock at once: a row without its lock is a dead node.
  await session.query('begin')
  await session.query(
    `insert into node(id, process, address, lease_until) values ($1, 'p', '', now() + interval '1 hour')`,
    [id],
  )
  await session.query('select pg_advisory_lock(7, lock_key) from node where id = $1', [id])
  await session.query('commit')
  let alive = true
  return {
    id,
    die: () => {
      if (alive) session.release(true)
      alive = false
    },
    freeze: async (lease_ms) => {
      await pool.query(`update node set lease_until = clock_timestamp() + $2 * interval '1 ms' where id = $1`, [
        id,
        lease_ms,
      ])
    },
  }
}
