import { isSigned } from '../checkpoint-key.ts'
import { batchLeaf, checkpointOf } from '../checkpoints.ts'
import { merkleRoot } from '../leaf.ts'
import type { SignedCheckpoint } from '../../schema/ledger-proof.ts'
import { auditSql, type AuditBatch, type Chunk } from './chunk.ts'
import type { Finding } from './finding.ts'
import type { Snapshot } from './snapshot.ts'

const checkpoints = auditSql('checkpoints')

/** Derives the signed checkpoints again while the walk goes by: what each says of the chain and of the batches it covers. */
export class CheckpointWalk {
  #since: number
  /** False until the walk has come to the first checkpoint of which it has seen all batches. */
  #whole: boolean
  #tree = new GrowingTree()

  /** `whole`: a checkpoint, or the beginning of everything, is where the walk begins. */
  constructor({ seq, whole }: Readonly<{ seq: number; whole: boolean }>) {
    this.#since = seq
    this.#whole = whole
  }

  /** The first checkpoint of the chunk that is wrong. The chunk's own chain has been found right. */
  async check({ batches }: Chunk, snapshot: Snapshot): Promise<Finding | undefined> {
    const range = [batches[0]!.first_seq - 1, batches.at(-1)!.last_seq]
    const found = (await snapshot.query(checkpoints, range)).map(checkpointOf)
    let next = 0
    for (const batch of batches) {
      this.#tree.push(batchLeaf(batch.hash))
      const checkpoint = found[next]
      if (checkpoint === undefined || Number(checkpoint.seq) > batch.last_seq) continue
      const finding = this.#checkOne(checkpoint, batch)
      if (finding !== undefined) return finding
      next += 1
      this.#since = batch.last_seq
      this.#whole = true
      this.#tree = new GrowingTree()
    }
    return undefined
  }

  #checkOne(checkpoint: SignedCheckpoint, batch: AuditBatch): Finding | undefined {
    const { seq, since, hash, root, at_ms } = checkpoint
    const wrong = (what: Finding['what'], expected: string, found: string): Finding => ({ what, seq, expected, found })
    if (Number(seq) !== batch.last_seq) return wrong('checkpoint/seq', `the end of a batch: ${batch.last_seq}`, seq)
    if (hash !== batch.hash.toString('hex')) return wrong('checkpoint/hash', batch.hash.toString('hex'), hash)
    if (this.#whole && Number(since) !== this.#since) return wrong('checkpoint/since', `${this.#since}`, since)
    const derived = this.#tree.root().toString('hex')
    if (this.#whole && root !== derived) return wrong('checkpoint/root', derived, root)
    if (at_ms < batch.at_ms) return wrong('checkpoint/time', `${batch.at_ms} or later`, `${at_ms}`)
    return isSigned(checkpoint) ? undefined : wrong('checkpoint/signature', 'a signature by its key', 'another')
  }
}

/** A Merkle tree of any size in memory for its depth: the roots of its whole subtrees, the largest first. */
class GrowingTree {
  readonly #roots: { hash: Buffer; size: number }[] = []

  push(leaf: Buffer): void {
    let last = { hash: leaf, size: 1 }
    while (this.#roots.at(-1)?.size === last.size) {
      const before = this.#roots.pop()!
      last = { hash: merkleRoot([before.hash, last.hash]), size: 2 * last.size }
    }
    this.#roots.push(last)
  }

  root(): Buffer {
    return this.#roots.map(({ hash }) => hash).reduceRight((right, left) => merkleRoot([left, right]))
  }
}
