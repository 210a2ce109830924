import { CheckpointWalk } from './checkpoints.ts'
import { auditSql } from './chunk.ts'
import type { Finding } from './finding.ts'
import { checkHolds } from './holds.ts'
import { RecentAccounts, Snapshot } from './snapshot.ts'
import { checkTotals } from './totals.ts'
import { ORIGIN, Walk, type Counts, type Link } from './walk.ts'

/** Accounts kept in memory between chunks: about 60 MB. */
const ACCOUNTS_MAX = 150_000

export type AuditOptions = Readonly<{
  databaseUrl: string
  /** Begin at the end of the last batch at or before this seq; left out, at the first seq that is in the database. */
  since?: number
  /** Told now and then how far the walk has come. */
  progress?: (done: Readonly<{ seq: number; head: number }>) => void
  accounts_max?: number
}>

export type Audit =
  | (Readonly<{ audit: 'ok'; lineage: string; seq: number; accounts: number }> & Readonly<Counts>)
  | Readonly<{ audit: 'failed'; finding: Finding }>

/**
 * Proves a database, or names the first thing in it that is wrong: one walk over all batches in order of seq, and totals over
 * whole tables beside it. All in one snapshot, so that commits going on do not disturb it; in memory that does not grow.
 */
export async function auditLedger(options: AuditOptions): Promise<Audit> {
  const snapshot = await Snapshot.open(options.databaseUrl)
  try {
    const beside = await Snapshot.open(options.databaseUrl, await snapshot.export())
    try {
      return await auditSnapshot(snapshot, beside, options)
    } finally {
      await beside.close()
    }
  } finally {
    await snapshot.close()
  }
}

async function auditSnapshot(snapshot: Snapshot, beside: Snapshot, options: AuditOptions): Promise<Audit> {
  const head = await readHead(snapshot)
  const archived = await linkOf(snapshot, 'archived', [])
  const from = options.since === undefined ? archived : ((await linkOf(snapshot, 'base', [options.since])) ?? archived)
  const base = from ?? ORIGIN
  const since = options.since !== undefined && base.seq > (archived ?? ORIGIN).seq
  const totals = checkTotals(beside, { after: base.seq, head: head.seq, since })
  totals.catch(() => {}) // awaited after the walk, which may fail first
  const walk = new Walk(base)
  const points = new CheckpointWalk({ seq: base.seq, whole: !since })
  const accounts = new RecentAccounts({
    snapshot,
    base: (archived ?? ORIGIN).seq,
    entries_max: options.accounts_max ?? ACCOUNTS_MAX,
  })
  for await (const chunk of snapshot.chunks(base.seq)) {
    await accounts.load(chunk, walk.at.seq)
    const finding =
      walk.check(chunk, accounts) ?? (await checkHolds(chunk, snapshot)) ?? (await points.check(chunk, snapshot))
    if (finding !== undefined) return { audit: 'failed', finding }
    options.progress?.({ seq: walk.at.seq, head: head.seq })
  }
  const finding = checkHead(walk.at, head) ?? (await totals)
  if (finding !== undefined) return { audit: 'failed', finding }
  const [row] = await snapshot.query(auditSql('count-accounts'), [])
  return { audit: 'ok', lineage: head.lineage, seq: head.seq, accounts: Number(row![0]), ...walk.counts }
}

type Head = Link & Readonly<{ lineage: string }>

async function readHead(snapshot: Snapshot): Promise<Head> {
  const [row] = await snapshot.query(auditSql('head'), [])
  const [lineage, seq, hash, at_ms] = row!
  return { lineage: lineage!, seq: Number(seq), hash: Buffer.from(hash!, 'hex'), at_ms: Number(at_ms) }
}

async function linkOf(
  snapshot: Snapshot,
  sql: 'archived' | 'base',
  values: readonly number[],
): Promise<Link | undefined> {
  const [row] = await snapshot.query(auditSql(sql), values)
  if (row === undefined) return undefined
  const [seq, hash, at_ms] = row
  return { seq: Number(seq), hash: Buffer.from(hash!, 'hex'), at_ms: Number(at_ms) }
}

/** The chain ends where the head says it does. */
function checkHead(end: Link, head: Head): Finding | undefined {
  if (end.seq !== head.seq) return { what: 'head/seq', seq: `${end.seq}`, expected: `${end.seq}`, found: `${head.seq}` }
  if (!end.hash.equals(head.hash))
    return {
      what: 'head/hash',
      seq: `${end.seq}`,
      expected: end.hash.toString('hex'),
      found: head.hash.toString('hex'),
    }
  if (end.seq > 0 && end.at_ms !== head.at_ms)
    return { what: 'head/time', seq: `${end.seq}`, expected: `${end.at_ms}`, found: `${head.at_ms}` }
  return undefined
}
