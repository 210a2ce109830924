import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyLedgerProof } from '../game/ledger-proof.ts'
import type { LedgerProof } from '../schema/ledger-proof.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { auditLedger } from './audit/audit.ts'
import { commitSample, outcome, pay } from './audit/sample.ts'
import { Snapshot } from './audit/snapshot.ts'
import { checkpointKey } from './checkpoint-key.ts'
import { createCheckpoints, type Checkpoints } from './checkpoints.ts'
import { openLedger, type OpenLedger } from './open.ts'
import { proveOutcome } from './proof.ts'

let database: TestDatabase
let open: OpenLedger
let pool: pg.Pool
let checkpoints: Checkpoints
const key = checkpointKey(Buffer.alloc(32, 7))
const keys = [key.public_key]

beforeAll(async () => {
  database = await createDatabase()
  open = await openLedger({ databaseUrl: database.url, failed: () => {} })
  pool = new pg.Pool({ connectionString: database.url })
  pool.on('error', () => {}) // dropping the database cuts it
  checkpoints = createCheckpoints({ pool, key, period_ms: 0 })
})

afterAll(async () => {
  checkpoints.close()
  await open.close()
  await pool.end()
  await database.drop()
})

async function prove(id: string) {
  const snapshot = await Snapshot.open(database.url)
  try {
    return await proveOutcome(snapshot, id)
  } finally {
    await snapshot.close()
  }
}

async function proofOf(id: string): Promise<LedgerProof> {
  const proving = await prove(id)
  if (proving.type !== 'proof') throw new Error(`no proof: ${proving.type}`)
  return proving.proof
}

describe('a checkpoint', () => {
  it('is not made before anything was committed', async () => {
    expect(await checkpoints.publish()).toBeUndefined()
    expect(await checkpoints.list({ limit: 10 })).toEqual({ keys: [], checkpoints: [] })
  })

  it('is made when the head has moved, and only then, on however many nodes', async () => {
    await commitSample(open.ledger)
    const others = createCheckpoints({ pool, key, period_ms: 0 })
    const made = await Promise.all([checkpoints.publish(), others.publish(), checkpoints.publish(), others.publish()])
    expect(new Set(made.map((each) => each!.signature)).size).toBe(1)
    const { seq } = await open.ledger.reader.head()
    expect(made[0]).toMatchObject({ since: '0', seq: String(seq), key_id: key.id })
    expect((await checkpoints.list({ limit: 10 })).checkpoints).toHaveLength(1)
  })

  it('follows on the one before, and is listed newest first with its key', async () => {
    const before = (await checkpoints.publish())!
    await open.ledger.commit(outcome('pay', { transfers: [pay('user:ann', 'user:bob', 1n)] }))
    const after = (await checkpoints.publish())!
    expect(after.since).toBe(before.seq)
    const list = await checkpoints.list({ limit: 10 })
    expect(list.keys).toEqual([{ id: key.id, public_key: key.public_key }])
    expect(list.checkpoints.slice(0, 2)).toEqual([after, before])
    expect((await checkpoints.list({ before: BigInt(after.seq), limit: 1 })).checkpoints).toEqual([before])
  })

  it('is made by the clock', async () => {
    const timed = createCheckpoints({ pool, key, period_ms: 20 })
    const { first_seq } = await open.ledger.commit(outcome('pay', { transfers: [pay('user:ann', 'user:bob', 1n)] }))
    await expect
      .poll(async () => Number((await timed.list({ limit: 1 })).checkpoints[0]!.seq), { timeout: 5_000 })
      .toBeGreaterThanOrEqual(Number(first_seq))
    timed.close()
  })

  it.each([
    ['another hash', `update checkpoint set hash = sha256(hash) where since = 0`, 'checkpoint/hash'],
    ['another root', `update checkpoint set root = sha256(root) where since = 0`, 'checkpoint/root'],
    ['another time', `update checkpoint set at = at + interval '1 ms' where since = 0`, 'checkpoint/signature'],
    ['another key', `update checkpoint set public_key = sha256(public_key) where since = 0`, 'checkpoint/signature'],
    ['one left out', `delete from checkpoint where since = 0`, 'checkpoint/since'],
    [
      'one beyond the head',
      `update checkpoint set seq = seq + 1000 where seq = (select max(seq) from checkpoint)`,
      'head/seq',
    ],
  ])('that is not right is caught by the audit: %s', async (_, corruption, what) => {
    const { rows } = await pool.query('select * from checkpoint')
    await pool.query(corruption)
    expect(await auditLedger({ databaseUrl: database.url })).toMatchObject({ audit: 'failed', finding: { what } })
    await pool.query('delete from checkpoint')
    for (const row of rows) {
      const values = Object.values(row as Record<string, unknown>)
      await pool.query(`insert into checkpoint values (${values.map((_, i) => `$${i + 1}`).join(', ')})`, values)
    }
    expect(await auditLedger({ databaseUrl: database.url })).toMatchObject({ audit: 'ok' })
  })
})

describe('a proof', () => {
  it('of any outcome leads to a checkpoint, and shows the others only as hashes', async () => {
    const secret = outcome('pay', { transfers: [pay('faucet:play', 'user:secret', 5n)] })
    const own = Array.from({ length: 20 }, () => outcome('pay', { transfers: [pay('faucet:play', 'user:ann', 5n)] }))
    await Promise.all([...own, secret].map((each) => open.ledger.commit(each)))
    await checkpoints.publish()
    for (const { id } of own) {
      const proof = await proofOf(id)
      expect(JSON.stringify(proof)).not.toContain('secret')
      expect(proof.outcome.path.length).toBeGreaterThan(0)
      expect(await verifyLedgerProof(proof, { keys })).toMatchObject({ ok: true, id })
    }
  })

  it('holds for every outcome there is, hold steps and battles among them', async () => {
    const { rows } = await pool.query<{ id: string }>('select id from outcome')
    expect(rows.length).toBeGreaterThan(30)
    for (const { id } of rows) expect(await verifyLedgerProof(await proofOf(id), { keys })).toMatchObject({ ok: true })
  })

  it('tells what was proven', async () => {
    const { id } = await committed()
    const verdict = await verifyLedgerProof(await proofOf(id), { keys })
    if (!verdict.ok) throw new Error(verdict.stage)
    expect(verdict.lines[0]!.slice(0, 4)).toEqual(['outcome', id, 'main', 'pay'])
    expect(verdict.lines[1]!.slice(0, 5)).toEqual(['transfer', 'user:ann', 'user:bob', 'play:CREDIT', '1'])
  })

  it('cannot be made of an outcome that is not there, or that no checkpoint covers yet', async () => {
    expect(await prove(uuidv7())).toEqual({ type: 'unknown' })
    expect(await prove('no id')).toEqual({ type: 'unknown' })
    const { id, first_seq } = await open.ledger.commit(outcome('pay', { transfers: [pay('user:ann', 'user:bob', 1n)] }))
    expect(await prove(id)).toEqual({ type: 'uncovered', seq: Number(first_seq) })
  })

  it('fails at its stage when any one character of it is another', async () => {
    const proof = await proofOf((await committed()).id)
    const stages = new Map<string, Set<string>>()
    for (const [path, text] of leaves(proof))
      for (let i = 0; i < text.length; i++) {
        const changed = text.slice(0, i) + (text[i] === '1' ? '2' : '1') + text.slice(i + 1)
        const verdict = await verifyLedgerProof(withLeaf(proof, path, changed), { keys })
        const stage = verdict.ok ? 'none' : verdict.stage
        const part = path.slice(0, 2).join('.')
        stages.set(part, (stages.get(part) ?? new Set()).add(stage))
      }
    const found = Object.fromEntries(
      [...stages].map(([part, set]) => [part, [...set].filter((each) => each !== 'format')]),
    )
    expect(found).toEqual({
      format: [],
      'outcome.id': ['outcome'],
      'outcome.text': ['outcome'],
      'outcome.salt': ['outcome'],
      'outcome.path': ['outcome'],
      'batch.previous': ['batch'],
      'batch.digest': ['outcome'],
      'batch.last_seq': ['batch'],
      'batch.at_ms': ['batch'],
      'batch.path': ['batch'],
      'checkpoint.lineage': ['signature'],
      'checkpoint.since': expect.arrayContaining(['signature']),
      'checkpoint.seq': expect.arrayContaining(['signature']),
      'checkpoint.hash': ['signature'],
      'checkpoint.root': ['batch'],
      'checkpoint.at_ms': ['signature'],
      'checkpoint.key_id': ['key'],
      'checkpoint.public_key': ['key'],
      'checkpoint.signature': ['signature'],
    })
  })

  it('by a key that is not trusted, or of no shape at all, fails', async () => {
    const proof = await proofOf((await committed()).id)
    const other = checkpointKey(Buffer.alloc(32, 8)).public_key
    expect(await verifyLedgerProof(proof, { keys: [other] })).toEqual({ ok: false, stage: 'key' })
    for (const nothing of [null, 1, 'x', [], {}, { ...proof, batch: null }, { ...proof, checkpoint: {} }])
      expect(await verifyLedgerProof(nothing, { keys })).toEqual({ ok: false, stage: 'format' })
  })
})

/** One payment among others in its batch and its checkpoint, covered. */
async function committed() {
  const payments = () => [1n, 2n, 3n, 4n].map((n) => outcome('pay', { transfers: [pay('user:ann', 'user:bob', n)] }))
  const own = payments()
  await Promise.all(own.map((each) => open.ledger.commit(each)))
  for (const each of payments()) await open.ledger.commit(each)
  await checkpoints.publish()
  return own[0]!
}

/** Every text and number in a proof, with where it stands. */
function leaves(value: unknown, path: readonly string[] = []): [readonly string[], string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]]
  return Object.entries(value).flatMap(([name, each]) => leaves(each, [...path, name]))
}

function withLeaf(proof: LedgerProof, path: readonly string[], text: string): unknown {
  const copy = structuredClone(proof) as unknown as Record<string, unknown>
  const parent = path.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, copy)
  const last = path.at(-1)!
  parent[last] = typeof parent[last] === 'number' ? Number(text) : text
  return copy
}
