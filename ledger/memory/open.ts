import type { Outcome, Receipt } from '../../schema/outcome.ts'
import { eventsOf } from '../committed-events.ts'
import { Expirer, type LapsingHolds } from '../expirer.ts'
import { GroupCommit, type GroupCommitLimits } from '../group-commit.ts'
import type { Ledger } from '../ledger.ts'
import { defaultLimits } from '../limits.ts'
import type { Store } from '../store.ts'
import { LedgerTail } from '../tail.ts'
import { MemoryActors } from './actors.ts'
import { MemoryStore } from './lane.ts'
import { MemoryReader } from './reader.ts'
import { MemoryTables } from './tables.ts'

export type MemoryLedgerOptions = Readonly<{
  /** The store's clock, unix ms. It decides which holds have lapsed and which alarms are due. */
  now_ms: () => number
  limits?: Partial<GroupCommitLimits>
  /** Shared by ledgers that stand for nodes of one cell; left out, the ledger has its own. */
  tables?: MemoryTables
  /** Whether a node's lease runs; left out, every node lives. */
  isLive?: (node: string) => boolean
  /** Stands between the ledger and its store, to bring in delays and faults. */
  wrap?: (store: Store) => Store
  ring_max?: number
  failed?: (error: unknown) => void
}>

export type MemoryLedger = Readonly<{
  ledger: Ledger
  tail: LedgerTail
  /** Commits `hold.expired` for every hold that has lapsed by the clock; whoever moves the clock calls it. */
  expire(): Promise<void>
  close(): Promise<void>
}>

/** A ledger without a database, for simulations and quick tests: the same decisions and the same reads, and gone at the end. */
export async function openMemoryLedger(options: MemoryLedgerOptions): Promise<MemoryLedger> {
  const failed = options.failed ?? ((error) => console.error(error))
  const tables = options.tables ?? new MemoryTables({ now_ms: options.now_ms })
  const reader = new MemoryReader(tables)
  const { lineage, seq } = await reader.head()
  const tail = new LedgerTail({ lineage, seq, reader, ring_max: options.ring_max ?? 10_000, failed })
  const store = options.wrap?.(new MemoryStore(tables)) ?? new MemoryStore(tables)
  const commits = new GroupCommit(store, { ...defaultLimits, ...options.limits }, (committed) =>
    tail.offer(eventsOf(committed)),
  )
  const ledger: Ledger = {
    commit: (outcome: Outcome): Promise<Receipt> => commits.submit(outcome),
    reader,
    actors: new MemoryActors(tables, options.isLive ?? (() => true)),
  }
  const expirer = new Expirer({ lapsing: lapsingHoldsOf(tables), ledger, failed })
  const close = async (): Promise<void> => {
    await commits.close()
    tail.close()
  }
  return { ledger, tail, expire: async () => void (await expirer.look()), close }
}

function lapsingHoldsOf(tables: MemoryTables): LapsingHolds {
  return ({ within_ms, limit }) => {
    const now_ms = tables.now_ms()
    const found = [...tables.holds.values()].flatMap((hold) =>
      hold.expires_at_ms === null || hold.expires_at_ms > now_ms + within_ms
        ? []
        : [{ hold, wait_ms: hold.expires_at_ms - now_ms }],
    )
    return Promise.resolve(found.toSorted((a, b) => a.wait_ms - b.wait_ms).slice(0, limit))
  }
}
