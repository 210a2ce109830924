import type { Pool } from 'pg'

/** First key of the advisory locks by which one relay of all nodes has its turn at a sink. */
const LOCK_SPACE = 8

export type Turn = Readonly<{
  /** Aborted when the connection that holds the turn is lost, and with it the turn. */
  lost: AbortSignal
  release(): void
}>

/**
 * Waits until no other node has its turn at the sink `name`; undefined when `stop` came first. The turn lasts as long as a
 * connection of the pool, so a process that dies gives it back at once. It is not the fence: the cursor is.
 */
export async function takeTurn(pool: Pool, name: string, stop: AbortSignal): Promise<Turn | undefined> {
  const client = await pool.connect()
  const lost = new AbortController()
  const onError = (error: Error) => lost.abort(error)
  client.on('error', onError)
  let released = false
  const release = () => {
    if (released) return
    released = true
    // Closed, not given back to the pool: that ends a wait for the lock as well as the lock.
    client.release(true)
  }
  stop.addEventListener('abort', release)
  if (stop.aborted) release()
  try {
    stop.throwIfAborted()
    await client.query('select pg_advisory_lock($1, hashtext($2))', [LOCK_SPACE, name])
    // From here on the holder releases it, after its last write: whoever comes next must find that done.
    stop.removeEventListener('abort', release)
    return { lost: lost.signal, release }
  } catch (error) {
    release()
    if (stop.aborted) return undefined
    throw error
  }
}
