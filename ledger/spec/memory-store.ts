import type { TenantId } from '../../schema/account.ts'
import { toJson } from '../../schema/json.ts'
import { openMemoryLedger } from '../memory/open.ts'
import { MemoryTables } from '../memory/tables.ts'
import type { SpecStore, StoredAccount } from './store.ts'

/** The spec's view of tables in memory, with a clock that stands still until time is passed. */
export function openMemorySpecStore(): Promise<SpecStore> {
  let now = Date.now()
  let nodes = 0
  const live = new Set<string>()
  const tables = new MemoryTables({ now_ms: () => now })
  return Promise.resolve({
    open: (limits = {}) =>
      openMemoryLedger({ now_ms: tables.now_ms, tables, limits, isLive: (node) => live.has(node) }),
    now_ms: () => Promise.resolve(now),
    pass: (ms) => {
      now += ms
      return Promise.resolve()
    },
    node: () => {
      const id = `node-${(nodes += 1)}`
      live.add(id)
      return Promise.resolve({ id, die: async () => void live.delete(id) })
    },
    accounts: (tenant) => Promise.resolve(accountsOf(tables, tenant)),
    dump: (tenant) => Promise.resolve(dumpOf(tables, tenant)),
    close: () => Promise.resolve(),
  })
}

function accountsOf(tables: MemoryTables, tenant: TenantId): StoredAccount[] {
  return [...tables.open.values()].filter((row) => row.tenant === tenant)
}

function dumpOf(tables: MemoryTables, tenant: TenantId): string {
  const own = (rows: Iterable<Readonly<{ tenant: TenantId }>>) => [...rows].filter((row) => row.tenant === tenant)
  const { accounts, open, actors, finished, holds, closedHolds, outcomes, events } = tables
  const found = [accounts, open, actors, finished, holds, closedHolds, outcomes].map((rows) => own(rows.values()))
  return toJson([...found, own(events)])
}
