import { LEDGER_PROOF, type LedgerProof, type ProofStep, type SignedCheckpoint } from '../schema/ledger-proof.ts'
import { isOutcomeId } from '../schema/uuid.ts'
import { auditSql, chunkOf, type AuditOutcome, type Chunk } from './audit/chunk.ts'
import { leafOf, textOf } from './audit/leaves.ts'
import { RecentAccounts, type Snapshot } from './audit/snapshot.ts'
import { batchLeaf, checkpointOf } from './checkpoints.ts'
import { leafSalt, merklePath, merkleRoot, type PathStep } from './leaf.ts'

export type Proving =
  | Readonly<{ type: 'proof'; proof: LedgerProof }>
  /** No outcome in the database has this id: it never was, or its day has been archived. */
  | Readonly<{ type: 'unknown' }>
  /** It lies in an archive file, which this cannot read. */
  | Readonly<{ type: 'archived'; file: string }>
  /** Committed at `seq`, and no checkpoint covers it yet. */
  | Readonly<{ type: 'uncovered'; seq: number }>

/**
 * Makes the proof that leads from one outcome to a signed checkpoint. Of other outcomes it holds only hashes.
 * Throws when the database contradicts itself there: an audit names how.
 */
export async function proveOutcome(snapshot: Snapshot, id: string): Promise<Proving> {
  if (!isOutcomeId(id)) return { type: 'unknown' }
  const [found] = await snapshot.query(auditSql('outcome-seq'), [id])
  if (found === undefined) return { type: 'unknown' }
  const seq = Number(found[0])
  const [archived] = await snapshot.query(auditSql('archive-of'), [seq])
  if (archived !== undefined) return { type: 'archived', file: archived[0]! }
  const [covering] = await snapshot.query(auditSql('covering-checkpoint'), [seq])
  if (covering === undefined) return { type: 'uncovered', seq }
  const [before] = await snapshot.query(auditSql('base'), [seq - 1])
  const rows = await snapshot.batchAfter(before === undefined ? 0 : Number(before[0]))
  if (rows === undefined) throw new Error(`outcome ${id} stands in no batch: npm run audit tells more`)
  const chunk = chunkOf(rows)
  const previous = before === undefined ? '0'.repeat(64) : before[1]!
  const checkpoint = checkpointOf(covering)
  const outcome = await outcomePart(snapshot, chunk, id)
  const { last_seq, digest, at_ms, hash } = chunk.batches[0]!
  const path = await batchPath(snapshot, checkpoint, hash)
  const batch = { previous, digest: digest.toString('hex'), last_seq: String(last_seq), at_ms, path }
  return { type: 'proof', proof: { format: LEDGER_PROOF, outcome, batch, checkpoint } }
}

/** From the outcome's leaf to the digest of its batch. */
async function outcomePart(snapshot: Snapshot, chunk: Chunk, id: string): Promise<LedgerProof['outcome']> {
  const { salt, digest, first_seq } = chunk.batches[0]!
  const accounts = new RecentAccounts({ snapshot, base: 0, entries_max: Infinity })
  await accounts.load(chunk, first_seq - 1)
  const text = (outcome: AuditOutcome): string => {
    const own = ({ seq }: Readonly<{ seq: number }>) => seq >= outcome.first_seq && seq <= outcome.last_seq
    return textOf(outcome, chunk.legs.filter(own), chunk.events.filter(own), accounts)
  }
  const index = chunk.outcomes.findIndex((outcome) => outcome.id === id)
  const leaves = chunk.outcomes.map((outcome) => leafOf(salt, outcome, text(outcome)))
  if (index < 0 || !merkleRoot(leaves).equals(digest))
    throw new Error(`the batch of outcome ${id} does not give its digest: npm run audit tells more`)
  const path = merklePath(leaves, index).map(proofStep)
  return { id, text: text(chunk.outcomes[index]!), salt: leafSalt(salt, id).toString('hex'), path }
}

/** From the batch's hash to the root of the checkpoint. */
async function batchPath(
  snapshot: Snapshot,
  { since, seq, root }: SignedCheckpoint,
  hash: Buffer,
): Promise<ProofStep[]> {
  const rows = await snapshot.query(auditSql('covered-batches'), [since, seq])
  const hashes = rows.map((row) => Buffer.from(row[0]!, 'hex'))
  const index = hashes.findIndex((each) => each.equals(hash))
  const leaves = hashes.map(batchLeaf)
  if (index < 0 || merkleRoot(leaves).toString('hex') !== root)
    throw new Error(`the batches of checkpoint ${seq} do not give its root: npm run audit tells more`)
  return merklePath(leaves, index).map(proofStep)
}

function proofStep({ side, hash }: PathStep): ProofStep {
  return { side, hash: hash.toString('hex') }
}
