import { ArchiveWalk, checkEnd, linkOf, readArchiveHead } from './archived.ts'
import { checkBattleEnds } from './battles.ts'
import { CheckpointWalk } from './checkpoints.ts'
import { auditSql, chunkOf, type Chunk } from './chunk.ts'
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
  /** Archive files to walk before the database, up to the newest one. */
  archives?: readonly string[]
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
  const archived = (await linkAt(snapshot, 'archived', [])) ?? ORIGIN
  const asked = options.since === undefined ? undefined : await linkAt(snapshot, 'base', [options.since])
  const base = asked ?? archived
  const since = base.seq > archived.seq
  const totals = checkTotals(beside, { after: base.seq, head: head.seq, since })
  totals.catch(() => {}) // awaited after the walk, which may fail first
  const walked = await walkAll(snapshot, { base, archived, since, head }, options)
  if ('what' in walked) return { audit: 'failed', finding: walked }
  const finding = checkHead(walked.at, head) ?? (await totals)
  if (finding !== undefined) return { audit: 'failed', finding }
  const [row] = await snapshot.query(auditSql('count-accounts'), [])
  return { audit: 'ok', lineage: head.lineage, seq: head.seq, accounts: Number(row![0]), ...walked.counts }
}

/** From the oldest archive given, or else from `base`, to the last batch. */
async function walkAll(
  snapshot: Snapshot,
  { base, archived, since, head }: Readonly<{ base: Link; archived: Link; since: boolean; head: Head }>,
  { archives = [], accounts_max = ACCOUNTS_MAX, progress }: AuditOptions,
): Promise<Walk | Finding> {
  const heads = await Promise.all(archives.map(async (file) => ({ file, head: await readArchiveHead(file) })))
  const files = heads.toSorted((a, b) => a.head.after.seq - b.head.after.seq)
  const from = files[0] === undefined ? base : linkOf(files[0].head.after)
  const walk = new Walk(from)
  const points = new CheckpointWalk({ seq: from.seq, whole: !since })
  const check = async (chunk: Chunk): Promise<Finding | undefined> => {
    progress?.({ seq: walk.at.seq, head: head.seq })
    return (await checkHolds(chunk, snapshot)) ?? (await points.check(chunk, snapshot))
  }
  const archiveWalk = new ArchiveWalk(walk, async (chunk) => (await check(chunk)) ?? checkBattleEnds(chunk, snapshot))
  for (const { file } of files) {
    const finding = await archiveWalk.check(file)
    if (finding !== undefined) return finding
  }
  const joined = files.length === 0 ? undefined : checkEnd(walk.at, archived, 'the last archive')
  const left = joined ?? (await archiveWalk.checkLeft(snapshot))
  if (left !== undefined) return left
  const accounts = new RecentAccounts({ snapshot, base: archived.seq, entries_max: accounts_max })
  for await (const rows of snapshot.chunks(walk.at.seq)) {
    const chunk = chunkOf(rows)
    await accounts.load(chunk, walk.at.seq)
    const finding = walk.check(chunk, accounts) ?? (await check(chunk))
    if (finding !== undefined) return finding
  }
  return walk
}

type Head = Link & Readonly<{ lineage: string }>

async function readHead(snapshot: Snapshot): Promise<Head> {
  const [row] = await snapshot.query(auditSql('head'), [])
  const [lineage, seq, hash, at_ms] = row!
  return { lineage: lineage!, seq: Number(seq), hash: Buffer.from(hash!, 'hex'), at_ms: Number(at_ms) }
}

async function linkAt(
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
