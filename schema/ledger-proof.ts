/** A signed point of the ledger's chain. Hashes, key and signature in lower-case hex, seqs as decimal strings. */
export type SignedCheckpoint = Readonly<{
  lineage: string
  /** It covers the batches after `since` up to `seq`; `since` is the checkpoint before. */
  since: string
  seq: string
  /** The chain's hash at `seq`. */
  hash: string
  /** The Merkle root over the hashes of the covered batches. */
  root: string
  /** When it was signed, unix ms. */
  at_ms: number
  key_id: string
  /** Ed25519, 32 bytes. */
  public_key: string
  /** Ed25519 over `checkpointText`, 64 bytes. */
  signature: string
}>

/** A neighbour on the way from a leaf to its root, and the side it stands on. */
export type ProofStep = Readonly<{ side: 'left' | 'right'; hash: string }>

export const LEDGER_PROOF = 'rollingdrop/ledger-proof/1'

/** That an outcome was committed just so: from its text through its batch to a signed checkpoint. See `ledger/proof.md`. */
export type LedgerProof = Readonly<{
  format: typeof LEDGER_PROOF
  outcome: Readonly<{ id: string; text: string; salt: string; path: readonly ProofStep[] }>
  batch: Readonly<{ previous: string; digest: string; last_seq: string; at_ms: number; path: readonly ProofStep[] }>
  checkpoint: SignedCheckpoint
}>

/** What a checkpoint's signature is over: one line for each field. */
export function checkpointText(
  checkpoint: Pick<SignedCheckpoint, 'lineage' | 'since' | 'seq' | 'hash' | 'root' | 'at_ms'>,
): string {
  const { lineage, since, seq, hash, root, at_ms } = checkpoint
  return `rollingdrop/ledger-checkpoint/1\n${lineage}\n${since}\n${seq}\n${hash}\n${root}\n${at_ms}\n`
}
