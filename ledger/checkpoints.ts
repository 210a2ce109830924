import type pg from 'pg'
import { checkpointText, type SignedCheckpoint } from '../schema/ledger-proof.ts'
import type { CheckpointKey } from './checkpoint-key.ts'
import { leafHash, merkleRoot } from './leaf.ts'
import { run, statement, type Row } from './postgres/statement.ts'

const lastCheckpoint = statement('last-checkpoint')
const checkpointBatches = statement('checkpoint-batches')
const writeCheckpoint = statement('write-checkpoint')
const readCheckpoints = statement('read-checkpoints')

/** Batches that one checkpoint covers at most: a proof's path stays under 17 steps, and making it under 10 MB. */
const BATCHES_MAX = 65_536
/** One node at a time makes them. */
const CHECKPOINT_LOCK = 7_310_003

/** What `/.well-known/ledger-checkpoints` answers: the newest first, and every key that any of them names. */
export type CheckpointList = Readonly<{
  keys: readonly Readonly<{ id: string; public_key: string }>[]
  checkpoints: readonly SignedCheckpoint[]
}>

export type Checkpoints = Readonly<{
  /** Signs what has been committed since the last checkpoint, now. Returns the newest one; undefined before the first batch. */
  publish(): Promise<SignedCheckpoint | undefined>
  /** Those before seq `before`, newest first. */
  list(query: Readonly<{ before?: bigint; limit: number }>): Promise<CheckpointList>
  close(): void
}>

/**
 * Publishes a signed checkpoint each `period_ms` in which the head has moved: one, however many nodes run this.
 * `period_ms` 0 publishes only when asked.
 */
export function createCheckpoints(
  options: Readonly<{ pool: pg.Pool; key: CheckpointKey; period_ms?: number; failed?: (error: unknown) => void }>,
): Checkpoints {
  const { pool, key, period_ms = 60_000, failed = console.error } = options
  const publish = (notBefore_ms: number) => inTransaction(pool, (client) => publishAll(client, key, notBefore_ms))
  const tick = () => void publish(period_ms / 2).catch(failed)
  const timer = period_ms === 0 ? undefined : setInterval(tick, period_ms).unref()
  return {
    publish: () => publish(0),
    list: async ({ before = 2n ** 63n - 1n, limit }) => {
      const client = await pool.connect()
      try {
        return listOf((await run(client, readCheckpoints, [before, limit])).map(checkpointOf))
      } finally {
        client.release()
      }
    },
    close: () => clearInterval(timer),
  }
}

/** A checkpoint from a row of `read-checkpoints` or `last-checkpoint`. */
export function checkpointOf(row: Row): SignedCheckpoint {
  const [lineage, since, seq, hash, root, at_ms, key_id, public_key, signature] = row as readonly string[]
  return {
    lineage: lineage!,
    since: since!,
    seq: seq!,
    hash: hash!,
    root: root!,
    at_ms: Number(at_ms),
    key_id: key_id!,
    public_key: public_key!,
    signature: signature!,
  }
}

/** The leaf of a checkpoint's tree that stands for a batch: sha256(0 ‖ hash). */
export function batchLeaf(hash: Uint8Array): Buffer {
  return leafHash(hash, '')
}

function listOf(checkpoints: readonly SignedCheckpoint[]): CheckpointList {
  const keys = new Map(checkpoints.map(({ key_id, public_key }) => [key_id, { id: key_id, public_key }]))
  return { keys: [...keys.values()], checkpoints }
}

/** Covers all batches, in as many checkpoints as it takes; none when the last one is younger than `notBefore_ms`. */
async function publishAll(
  client: pg.ClientBase,
  key: CheckpointKey,
  notBefore_ms: number,
): Promise<SignedCheckpoint | undefined> {
  await client.query('select pg_advisory_xact_lock($1)', [CHECKPOINT_LOCK])
  const [row] = await run(client, lastCheckpoint, [])
  let last = row === undefined ? undefined : checkpointOf(row)
  if (last !== undefined && notBefore_ms > 0 && Number(row![9]) < notBefore_ms) return last
  for (;;) {
    const batches = await run(client, checkpointBatches, [last?.seq ?? '0', BATCHES_MAX])
    if (batches.length === 0) return last
    last = signed(batches, last?.seq ?? '0', key)
    const { lineage, since, seq, hash, root, at_ms, key_id, public_key, signature } = last
    await run(client, writeCheckpoint, [lineage, since, seq, hash, root, at_ms, key_id, public_key, signature])
  }
}

function signed(batches: readonly Row[], since: string, key: CheckpointKey): SignedCheckpoint {
  const [seq, hash, lineage, at_ms] = batches.at(-1)! as readonly string[]
  const root = merkleRoot(batches.map((batch) => batchLeaf(Buffer.from(batch[1]!, 'hex')))).toString('hex')
  const point = { lineage: lineage!, since, seq: seq!, hash: hash!, root, at_ms: Number(at_ms) }
  return { ...point, key_id: key.id, public_key: key.public_key, signature: key.sign(checkpointText(point)) }
}

async function inTransaction<T>(pool: pg.Pool, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {}) // the connection may be what failed
    throw error
  } finally {
    client.release()
  }
}
