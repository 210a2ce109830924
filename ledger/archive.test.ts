import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { verifyLedgerProof } from '../game/ledger-proof.ts'
import { PLAY_CREDIT } from '../schema/asset.ts'
import { derivedId, uuidv7 } from '../schema/uuid.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { archiveLedger } from './archive.ts'
import { auditLedger } from './audit/audit.ts'
import { commitSample, outcome, pay } from './audit/sample.ts'
import { Snapshot } from './audit/snapshot.ts'
import { checkpointKey } from './checkpoint-key.ts'
import { createCheckpoints, type Checkpoints } from './checkpoints.ts'
import { openLedger, type OpenLedger } from './open.ts'
import { proveOutcome } from './proof.ts'

const key = checkpointKey(Buffer.alloc(32, 7))
let database: TestDatabase
let open: OpenLedger
let pool: pg.Pool
let checkpoints: Checkpoints
let folder: string

beforeEach(async () => {
  database = await createDatabase()
  pool = new pg.Pool({ connectionString: database.url })
  pool.on('error', () => {}) // dropping the database cuts it
  // Partitions this small fill up before the ledger has made the next ones.
  for (const parent of ['event', 'transfer'])
    await pool.query(`select add_seq_partition($1, 20 * n, 20) from generate_series(0, 60) n`, [parent])
  open = await openLedger({ databaseUrl: database.url, failed: () => {}, partition_events: 20n })
  checkpoints = createCheckpoints({ pool, key, period_ms: 0 })
  folder = await mkdtemp(join(tmpdir(), 'rollingdrop-archive-'))
})

afterEach(async () => {
  await open.close()
  await pool.end()
  await database.drop()
  await rm(folder, { recursive: true })
})

function archive(below: number, kept_ms?: number) {
  return archiveLedger({
    pool,
    databaseUrl: database.url,
    folder,
    below,
    ...(kept_ms === undefined ? {} : { kept_ms }),
  })
}

const audit = (archives: readonly string[] = []) => auditLedger({ databaseUrl: database.url, archives })

async function payments(count: number): Promise<void> {
  for (let i = 0; i < count; i++)
    await open.ledger.commit(outcome('pay', { transfers: [pay('user:ann', 'user:bob', 1n)] }))
}

async function partitions(): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent in ('event'::regclass, 'transfer'::regclass) order by 1`,
  )
  return rows.map(({ name }) => name)
}

/** A sample and its successors, in several partitions, all of it below a checkpoint. */
async function fill() {
  const sample = await commitSample(open.ledger)
  await payments(30)
  await checkpoints.publish()
  return sample
}

describe('archiving', () => {
  it('takes whole partitions out, and the chain is proven across it', async () => {
    await fill()
    const whole = await audit()
    const first = await archive(45)
    expect(first).toMatchObject({ type: 'archived', partitions: ['event_0', 'transfer_0', 'event_1', 'transfer_1'] })
    expect(await partitions()).not.toContain('event_1')
    if (first.type !== 'archived' || whole.audit !== 'ok') throw new Error('not archived')
    expect(await audit([first.file])).toEqual(whole)
    expect(await audit()).toMatchObject({ audit: 'ok', seq: whole.seq })
  })

  it('goes on telling balances at any seq that is still hot', async () => {
    await fill()
    const at = (seq: bigint) => open.ledger.reader.balanceAt('main', 'user:ann', PLAY_CREDIT, seq)
    const { seq } = await open.ledger.reader.head()
    const [before, now] = [await at(seq - 1n), await at(seq)]
    await checkpoints.publish()
    expect(await archive(Number(seq))).toMatchObject({ type: 'archived' })
    expect([await at(seq - 1n), await at(seq)]).toEqual([before, now])
    // Nothing of hers was touched since the archive: what it left is her balance.
    await open.ledger.commit(outcome('pay', { transfers: [pay('user:bob', 'user:cyd', 1n)] }))
    expect(await at(seq + 1n)).toBe(now)
  })

  it('goes on where it left off, as often as one likes', async () => {
    const files: string[] = []
    for (let i = 0; i < 3; i++) {
      await fill()
      const head = Number((await open.ledger.reader.head()).seq)
      const done = await archive(head)
      if (done.type !== 'archived') throw new Error(done.why)
      files.push(done.file)
      expect(await audit(files)).toMatchObject({ audit: 'ok', seq: head })
      await payments(3)
    }
    expect(await audit(files.toReversed())).toMatchObject({ audit: 'ok' })
    expect(await audit(files.slice(1))).toMatchObject({ audit: 'ok' })
    expect(await audit()).toMatchObject({ audit: 'ok' })
    expect(await audit(files.slice(0, 2))).toMatchObject({ finding: { what: 'archive/chain' } })
    expect(await audit([files[0]!, files[2]!])).toMatchObject({ finding: { what: 'batch/gap' } })
  })

  it('does not stop those who commit', async () => {
    await fill()
    const stop = new AbortController()
    const writers = Array.from({ length: 4 }, async (_, i) => {
      while (!stop.signal.aborted) {
        await open.ledger.commit(outcome('pay', { transfers: [pay('faucet:play', `user:u${i}`, 1n)] }))
        await delay(20)
      }
    })
    const done = await archive(45)
    stop.abort()
    await Promise.all(writers)
    if (done.type !== 'archived') throw new Error(done.why)
    expect(await audit([done.file])).toMatchObject({ audit: 'ok' })
  })

  it('leaves what a sink has not got', async () => {
    await fill()
    await pool.query(`insert into sink_cursor values ('slow', 'x', 25), ('quick', 'x', 60)`)
    expect(await archive(45)).toMatchObject({ type: 'archived', partitions: ['event_0', 'transfer_0'] })
    expect(await archive(45)).toMatchObject({ type: 'nothing', why: expect.stringContaining('slowest sink') })
  })

  it('leaves what no checkpoint has signed, what is not below the seq, and what is not whole', async () => {
    await commitSample(open.ledger)
    expect(await archive(20)).toMatchObject({ type: 'nothing', why: expect.stringContaining('checkpoint') })
    await checkpoints.publish()
    expect(await archive(19)).toMatchObject({ type: 'nothing' })
    expect(await archive(20)).toMatchObject({ type: 'archived' })
    expect(await archive(1_000)).toMatchObject({ type: 'nothing' })
  })

  it('drops the days of outcomes that nobody needs any more, and keeps a day while something of it is open', async () => {
    const days = ['2020-01-02', '2020-01-03', '2020-01-04']
    for (const day of days) await pool.query('select add_outcome_partition($1::date)', [day])
    const [done, waits, holds] = days.map((day) => uuidv7(Date.parse(`${day}T12:00Z`)))
    await open.ledger.commit(outcome('pay', { id: done!, transfers: [pay('faucet:play', 'user:cat', 1n)] }))
    const actor = { id: `battle-${waits}`, kind: 'drop', epoch: 0, version: 0, state: '{}' }
    await open.ledger.commit(outcome('open', { id: waits!, actor }))
    const hold = { type: 'place', hold: holds!, ...pay('user:cat', 'house:main', 1n), expires_at_ms: null } as const
    await open.ledger.commit(outcome('hold', { id: holds!, holds: [hold] }))
    await fill()
    const first = await archive(40, 30 * 86_400_000)
    expect(first).toMatchObject({
      type: 'archived',
      partitions: ['event_0', 'transfer_0', 'event_1', 'transfer_1', 'outcome_20200102'],
    })
    if (first.type !== 'archived') throw new Error(first.why)
    expect(await audit([first.file])).toMatchObject({ audit: 'ok' })
    await expect(
      open.ledger.commit(outcome('pay', { id: done!, transfers: [pay('faucet:play', 'user:cat', 1n)] })),
    ).rejects.toMatchObject({ code: 'ledger/poisoned' })
  })

  it('keeps the proofs of what stays, and names the file of what does not', async () => {
    const { settled } = await fill()
    const { id } = await open.ledger.commit(outcome('pay', { transfers: [pay('user:ann', 'user:bob', 1n)] }))
    await checkpoints.publish()
    expect(await archive(40)).toMatchObject({ type: 'archived' })
    const snapshot = await Snapshot.open(database.url)
    const proving = await proveOutcome(snapshot, id)
    expect(await proveOutcome(snapshot, derivedId(settled.slice('battle-'.length), 'end'))).toMatchObject({
      type: 'archived',
    })
    await snapshot.close()
    if (proving.type !== 'proof') throw new Error(proving.type)
    expect(await verifyLedgerProof(proving.proof, { keys: [key.public_key] })).toMatchObject({ ok: true })
  })

  it('takes nothing that does not add up', async () => {
    await fill()
    const before = await partitions()
    await pool.query(`update event set payload = '{}' where seq = 3`)
    await expect(archive(45)).rejects.toThrow('batch/digest')
    expect(await partitions()).toEqual(before)
  })
})

describe('an archive that was changed', () => {
  it.each([
    ['a payload', /"{\\"kind\\":\\"grant\\"}"/, '"{\\"kind\\":\\"grunt\\"}"', 'batch/digest'],
    [
      'a balance between chunks',
      /\["account",("\d+","main","user:ann","play:CREDIT",null),"0"\]/,
      '["account",$1,"7"]',
      'transfer/balance',
    ],
    ['a balance at its end', /\["after","(\d+)","(\d+)"\]/, '["after","$1","1$2"]', 'archive/balances'],
    ['an event removed', /\["event","5".*\n/, '', 'event/gap'],
    ['cut off', /\["after"(.|\n)*$/, '', 'archive/balances'],
  ])('is caught: %s', async (_, from, to, what) => {
    await fill()
    const done = await archive(45)
    if (done.type !== 'archived') throw new Error(done.why)
    const text = gunzipSync(await readFile(done.file)).toString()
    const changed = text.replace(from, to)
    expect(changed).not.toBe(text)
    await writeFile(done.file, gzipSync(changed))
    expect(await audit([done.file])).toMatchObject({ audit: 'failed', finding: { what } })
  })

  it('or is no archive at all is refused in words', async () => {
    const file = join(folder, 'x')
    await writeFile(file, gzipSync('["x"]\n'))
    await expect(audit([file])).rejects.toThrow('no archive')
    await writeFile(file, 'plain')
    await expect(audit([file])).rejects.toThrow('header')
  })
})

describe('a base that was changed after archiving', () => {
  it.each([
    [`update archived_balance set balance = balance + 1 where account = (select min(account) from archived_balance)`],
    [`delete from archived_balance where account = (select min(account) from archived_balance)`],
  ])('is caught: %s', async (corruption) => {
    await fill()
    const done = await archive(45)
    if (done.type !== 'archived') throw new Error(done.why)
    await pool.query(corruption)
    expect(await audit([done.file])).toMatchObject({ finding: { what: 'archive/balances' } })
    expect(await audit()).toMatchObject({ audit: 'failed' })
  })
})
