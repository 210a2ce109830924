import type { TenantId } from '../../schema/account.ts'
import type { Activation, ActorRow, Actors, Slice } from '../ledger.ts'
import type { ActorRecord, MemoryTables } from './tables.ts'

type Page = Readonly<{ tenant: TenantId; kind: string; before?: string; limit: number }>

/** Actor rows in memory. See `Actors` for what each call promises; `isLive` stands for the nodes' leases. */
export class MemoryActors implements Actors {
  readonly #tables: MemoryTables
  readonly #isLive: (node: string) => boolean

  constructor(tables: MemoryTables, isLive: (node: string) => boolean) {
    this.#tables = tables
    this.#isLive = isLive
  }

  activate(id: string, node: string): Promise<ActorRow | undefined> {
    return this.#tables.mutex.run(() => {
      const row = this.#tables.actors.get(id)
      if (row === undefined || (row.node !== null && row.node !== node && this.#isLive(row.node))) return undefined
      row.epoch += 1
      row.version += 1
      row.node = node
      return { ...row, finished: false }
    })
  }

  release({ id, epoch, version }: Readonly<{ id: string; epoch: number; version: number }>): Promise<boolean> {
    return this.#tables.mutex.run(() => {
      const row = this.#tables.actors.get(id)
      if (row === undefined || row.epoch !== epoch || row.version !== version) return false
      row.version += 1
      row.node = null
      return true
    })
  }

  async find(id: string): Promise<ActorRow | undefined> {
    return (await this.findMany([id]))[0]
  }

  findMany(ids: readonly string[]): Promise<readonly ActorRow[]> {
    const { actors, finished } = this.#tables
    return Promise.resolve([
      ...rows(
        ids.flatMap((id) => actors.get(id) ?? []),
        false,
      ),
      ...rows(
        ids.flatMap((id) => finished.get(id) ?? []),
        true,
      ),
    ])
  }

  claimable(kind: string, limit: number, { nth, of }: Slice = { nth: 0, of: 1 }): Promise<readonly string[]> {
    const now_ms = this.#tables.now_ms()
    const waits = ({ node, wake_at_ms }: ActorRecord): boolean =>
      node === null ? wake_at_ms !== null && wake_at_ms <= now_ms : !this.#isLive(node)
    const found = [...this.#tables.actors.values()].filter((row) => row.kind === kind && waits(row))
    const isForeign = ({ id }: ActorRecord): number => Number(sliceOf(id, of) !== nth)
    const order = (a: ActorRecord, b: ActorRecord): number =>
      isForeign(a) - isForeign(b) || (a.wake_at_ms ?? Infinity) - (b.wake_at_ms ?? Infinity) || (a.id < b.id ? -1 : 1)
    const sorted = found.toSorted(order)
    return Promise.resolve(sorted.slice(0, limit).map(({ id }) => id))
  }

  superseded(activations: readonly Activation[]): Promise<readonly Activation[]> {
    const { actors, finished } = this.#tables
    const found = activations.flatMap(({ id, epoch }) => {
      const row = actors.get(id) ?? finished.get(id)
      return row !== undefined && row.epoch > epoch ? [{ id, epoch: row.epoch }] : []
    })
    return Promise.resolve(found)
  }

  open(page: Page): Promise<readonly ActorRow[]> {
    return Promise.resolve(rows(pageOf(this.#tables.actors, page), false))
  }

  finished(page: Page): Promise<readonly ActorRow[]> {
    return Promise.resolve(rows(pageOf(this.#tables.finished, page), true))
  }
}

/** Any spread will do, as long as it is the same for everyone. */
function sliceOf(id: string, of: number): number {
  let sum = 0
  for (const char of id) sum = (31 * sum + char.codePointAt(0)!) % 65_521
  return sum % of
}

function pageOf(actors: ReadonlyMap<string, ActorRecord>, { tenant, kind, before, limit }: Page): ActorRecord[] {
  return [...actors.values()]
    .filter((row) => row.tenant === tenant && row.kind === kind && (before === undefined || row.id < before))
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, limit)
}

function rows(records: readonly ActorRecord[], finished: boolean): ActorRow[] {
  return records.map((record) => ({ ...record, finished }))
}
