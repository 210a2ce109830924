import { readArchiveFile, type ArchiveHead } from '../archive-file.ts'
import type { Row } from '../postgres/statement.ts'
import { accountOf, type AuditAccount } from './accounts.ts'
import { BalanceSums } from './balance-sum.ts'
import { auditSql, chunkOf, type Chunk } from './chunk.ts'
import type { Finding } from './finding.ts'
import type { Snapshot } from './snapshot.ts'
import type { Link, Walk } from './walk.ts'

export function linkOf({ seq, hash, at_ms }: ArchiveHead['last']): Link {
  return { seq, hash: Buffer.from(hash, 'hex'), at_ms }
}

/** The first line of a file, which says where in the chain it belongs. */
export async function readArchiveHead(file: string): Promise<ArchiveHead> {
  for await (const part of readArchiveFile(file)) if (part.type === 'head') return part.head
  throw new Error(`${file} is no archive of a ledger`)
}

/**
 * Walks archive files that follow each other, oldest first. Memory does not grow with them: that balances follow from chunk
 * to chunk, from a file's first balances on and to its last ones, is seen on sums.
 */
export class ArchiveWalk {
  readonly #walk: Walk
  readonly #beside: (chunk: Chunk) => Promise<Finding | undefined>
  readonly #sums = new BalanceSums()
  /** What the last file left; undefined before the first. */
  #left: bigint | undefined

  /** `beside` checks what a chunk says against what is still in the database. */
  constructor(walk: Walk, beside: (chunk: Chunk) => Promise<Finding | undefined>) {
    this.#walk = walk
    this.#beside = beside
  }

  async check(file: string): Promise<Finding | undefined> {
    const sums = this.#sums
    const wrong = (expected: string, found: string): Finding => ({
      what: 'archive/balances',
      account: file,
      expected,
      found,
    })
    let [before, after, put, taken] = [0n, 0n, 0n, 0n]
    for await (const part of readArchiveFile(file)) {
      if (part.type === 'before') before = sums.plus(before, sums.ofRows(part.balances))
      if (part.type === 'after') after = sums.plus(after, sums.ofRows(part.balances))
      if (part.type !== 'chunk') continue
      const accounts = accountsOf(part.accounts)
      for (const { id, balance } of accounts.values()) taken = sums.plus(taken, sums.of(id, balance))
      const chunk = chunkOf(part.rows)
      const finding = this.#walk.check(chunk, accounts) ?? (await this.#beside(chunk))
      if (finding !== undefined) return finding
      for (const { id, balance } of accounts.values()) put = sums.plus(put, sums.of(id, balance))
    }
    if (before !== (this.#left ?? before)) return wrong('the balances that the archive before left', 'others')
    if (sums.plus(before, put) !== sums.plus(after, taken))
      return wrong('balances that follow from chunk to chunk', 'some that do not')
    this.#left = after
    return checkEnd(this.#walk.at, linkOf((await readArchiveHead(file)).last), file)
  }

  /** Whether the database goes on from the balances that the last file left. */
  async checkLeft(snapshot: Snapshot): Promise<Finding | undefined> {
    let left = 0n
    for await (const rows of snapshot.pages(auditSql('archived-balances'), []))
      left = this.#sums.plus(left, this.#sums.ofRows(rows))
    if (this.#left === undefined || left === this.#left) return undefined
    return { what: 'archive/balances', account: 'archived_balance', expected: 'what the archive left', found: 'others' }
  }
}

function accountsOf(rows: readonly Row[]): Map<number, AuditAccount> {
  const accounts = rows.map(accountOf).filter((account) => account !== undefined)
  return new Map(accounts.map((account) => [account.id, account]))
}

/** The walk has come to where it should be. */
export function checkEnd(at: Link, end: Link, where: string): Finding | undefined {
  if (at.seq === end.seq && at.hash.equals(end.hash)) return undefined
  const point = ({ seq, hash }: Link) => `seq ${seq} with hash ${hash.toString('hex')}`
  return { what: 'archive/chain', account: where, expected: point(end), found: point(at) }
}
