import { join } from 'node:path'
import type pg from 'pg'
import { ARCHIVE, writeArchiveFile, type ArchiveHead, type ArchivePart } from './archive-file.ts'
import { ArchiveWalk } from './audit/archived.ts'
import { battlesEnded } from './audit/battles.ts'
import { auditSql, chunkOf } from './audit/chunk.ts'
import { describe, type Finding } from './audit/finding.ts'
import { RecentAccounts, Snapshot } from './audit/snapshot.ts'
import { ORIGIN, Walk, type Link } from './audit/walk.ts'
import { detach } from './archive-detach.ts'
import { statement, type Row } from './postgres/statement.ts'

/** Outcomes' days are kept at least so long after they ended: whoever submits an outcome again still gets its receipt. */
export const OUTCOMES_KEPT_MS = 7 * 86_400_000

export type Archived =
  | Readonly<{ type: 'archived'; file: string; after_seq: number; last_seq: number; partitions: readonly string[] }>
  | Readonly<{ type: 'nothing'; why: string }>

/** A stretch of the chain that can go: all of it is below `below`, in partitions that end there. */
type Plan = Readonly<{ lineage: string; after: Link; last: Link; below: number }>

/**
 * Moves the oldest whole partitions of events and transfers below seq `below` into one archive file in `folder`, with the
 * outcomes' days that lie behind it. Never past what every sink has, and only up to a signed checkpoint.
 *
 *     planned ──walked and written──▶ file ──read again and found right──▶ proven ──one transaction──▶ detached
 *
 * Nothing leaves the database before the file is on disk and has been audited; a crash in between leaves both.
 * Throws when the audit of what is to go finds something wrong.
 */
export async function archiveLedger(
  options: Readonly<{ pool: pg.Pool; databaseUrl: string; folder: string; below: number; kept_ms?: number }>,
): Promise<Archived> {
  const written = await write(options)
  if (written.type === 'nothing') return written
  const { plan, file, sha256, ended } = written
  const { after, last } = plan
  refuse(await new ArchiveWalk(new Walk(after), () => Promise.resolve(undefined)).check(file))
  const { pool, kept_ms = OUTCOMES_KEPT_MS } = options
  const partitions = await detach(pool, { ...plan, file, sha256, ended, kept_ms })
  return { type: 'archived', file, after_seq: after.seq, last_seq: last.seq, partitions }
}

/** Writes the file, from a snapshot that is closed again: an open one would hold the partitions it has read. */
async function write({ databaseUrl, folder, below }: Readonly<{ databaseUrl: string; folder: string; below: number }>) {
  const snapshot = await Snapshot.open(databaseUrl)
  try {
    const plan = await planOf(snapshot, below)
    if (typeof plan === 'string') return { type: 'nothing', why: plan } as const
    const file = join(folder, `ledger-${plan.after.seq + 1}-${plan.last.seq}.ndjson.gz`)
    const counted = { ended: 0 }
    const sha256 = await writeArchiveFile(file, partsOf(snapshot, plan, counted))
    return { type: 'written', plan, file, sha256, ended: counted.ended } as const
  } finally {
    await snapshot.close()
  }
}

/** What can go, or why nothing can. */
async function planOf(snapshot: Snapshot, wanted: number): Promise<Plan | string> {
  const [head] = await snapshot.query(auditSql('head'), [])
  const [cursors] = await snapshot.query(statement('sinks-exist'), [])
  const [sinks] = cursors![0] === 't' ? await snapshot.query(statement('smallest-cursor'), []) : [[null]]
  const cursor = sinks![0] === null ? Infinity : Number(sinks![0])
  const limit = Math.min(wanted, cursor + 1)
  const [found] = await snapshot.query(statement('archivable'), [Math.min(limit, Number(head![1]) + 1)])
  if (found![0] === null)
    return cursor + 1 < wanted
      ? `no whole partition ends below seq ${limit}, where the slowest sink is`
      : `no whole partition ends below seq ${wanted}`
  const below = Number(found![0])
  const [point] = await snapshot.query(statement('archive-point'), [below - 1])
  if (point === undefined) return `no checkpoint is signed at or after seq ${below - 1} yet`
  const [archived] = await snapshot.query(auditSql('archived'), [])
  return {
    lineage: head![0]!,
    after: archived === undefined ? ORIGIN : linkFrom(archived),
    last: linkFrom(point),
    below,
  }
}

function linkFrom([seq, hash, at_ms]: Row): Link {
  return { seq: Number(seq), hash: Buffer.from(hash!, 'hex'), at_ms: Number(at_ms) }
}

/** The archive's parts as they are read from the database, each walked before it is written. */
async function* partsOf(snapshot: Snapshot, plan: Plan, counted: { ended: number }): AsyncGenerator<ArchivePart> {
  const { lineage, after, last } = plan
  const point = ({ seq, hash, at_ms }: Link): ArchiveHead['last'] => ({ seq, hash: hash.toString('hex'), at_ms })
  yield { type: 'head', head: { format: ARCHIVE, lineage, after: point(after), last: point(last) } }
  for await (const balances of snapshot.pages(auditSql('archived-balances'), [])) yield { type: 'before', balances }
  const accounts = new RecentAccounts({ snapshot, base: after.seq, entries_max: 100_000 })
  const walk = new Walk(after)
  for await (const rows of snapshot.chunks(after.seq, last.seq)) {
    const chunk = chunkOf(rows)
    await accounts.load(chunk, walk.at.seq)
    const touched = new Set(chunk.legs.flatMap(({ debit, credit }) => [debit, credit]))
    const before = [...touched]
      .flatMap((id) => accounts.get(id) ?? [])
      .map(({ id, tenant, owner, asset, balance }) => [String(id), tenant, owner, asset, null, String(balance)])
    refuse(walk.check(chunk, accounts))
    counted.ended += battlesEnded(chunk).length
    yield { type: 'chunk', rows, accounts: before }
  }
  for await (const balances of snapshot.pages(statement('balances-left'), [last.seq, after.seq]))
    yield { type: 'after', balances }
}

function refuse(finding: Finding | undefined): void {
  if (finding !== undefined) throw new Error(`nothing is archived that does not add up: ${describe(finding)}`)
}
