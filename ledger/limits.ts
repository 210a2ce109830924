import type { GroupCommitLimits } from './group-commit.ts'

/** What a ledger takes when its opener says nothing else. */
export const defaultLimits: GroupCommitLimits = {
  lanes: 2,
  batch_outcomes_max: 512,
  batch_bytes_max: 4 << 20,
  queue_outcomes_max: 50_000,
  queue_bytes_max: 256 << 20,
  give_up_ms: 30_000,
}
