import type { Activation, ActorRow, Actors, Ledger } from '../../ledger/ledger.ts'
import type { Outcome, Receipt } from '../../schema/outcome.ts'

/**
 * A ledger that takes everything and keeps nothing but the rows of actors: what rooms cost without the work of commits.
 * Whatever is only read comes from the real one.
 */
export function acceptingLedger(real: Ledger): Ledger {
  const rows = new Map<string, ActorRow>()
  let seq = 0n
  const none = async () => []
  const changed = (id: string, change: (row: ActorRow) => ActorRow) => {
    const row = rows.get(id)
    if (row && !row.finished) rows.set(id, change(row))
    return row
  }
  const actors: Actors = {
    activate: async (id, node) => {
      changed(id, (row) => ({ ...row, epoch: row.epoch + 1, version: row.version + 1, node }))
      return rows.get(id)
    },
    release: async ({ id }) => changed(id, (row) => ({ ...row, version: row.version + 1, node: null })) !== undefined,
    find: async (id) => rows.get(id),
    findMany: async (ids) => ids.flatMap((id) => rows.get(id) ?? []),
    superseded: async (): Promise<readonly Activation[]> => [],
    claimable: none,
    open: none,
    finished: none,
  }
  async function commit({ id, tenant, actor }: Outcome): Promise<Receipt> {
    seq += 1n
    if (actor) {
      const before = rows.get(actor.id) ?? { state: '', node: null, wake_at_ms: null, finished: false }
      rows.set(actor.id, { ...before, ...actor, tenant, version: actor.version + 1 })
    }
    await new Promise(setImmediate)
    return { id, first_seq: seq, last_seq: seq, at_ms: Date.now(), balances: [], replayed: false }
  }
  return { commit, reader: real.reader, actors }
}
