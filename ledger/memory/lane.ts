import type { Book } from '../book.ts'
import type { Decided } from '../decide.ts'
import type { Needs } from '../needs.ts'
import type { Store, StoreLane, Written } from '../store.ts'
import { loadBook } from './load.ts'
import type { MemoryTables } from './tables.ts'
import { writeBook } from './write.ts'

/** Opens lanes to tables in memory. Nothing is lost here and nobody is in the way for long: it fails by poison only. */
export class MemoryStore implements Store {
  readonly #tables: MemoryTables

  constructor(tables: MemoryTables) {
    this.#tables = tables
  }

  open(): Promise<StoreLane> {
    const { stripes } = this.#tables
    let stripe = 0
    while (stripes.has(stripe)) stripe += 1
    stripes.add(stripe)
    return Promise.resolve(new MemoryLane(this.#tables, stripe))
  }
}

class MemoryLane implements StoreLane {
  readonly stripe: number
  readonly #tables: MemoryTables
  #free: (() => void) | undefined

  constructor(tables: MemoryTables, stripe: number) {
    this.#tables = tables
    this.stripe = stripe
  }

  async load(needs: Needs): Promise<Book> {
    if (this.#free !== undefined) throw new Error('this lane has a batch loaded already')
    this.#free = await this.#tables.mutex.lock()
    return loadBook(this.#tables, needs)
  }

  async write(book: Book, accepted: readonly Decided[]): Promise<Written> {
    if (this.#free === undefined) throw new Error('this lane has loaded nothing to write')
    try {
      return writeBook(this.#tables, book, accepted)
    } finally {
      await this.abandon()
    }
  }

  abandon(): Promise<void> {
    this.#free?.()
    this.#free = undefined
    return Promise.resolve()
  }

  async close(): Promise<void> {
    await this.abandon()
    this.#tables.stripes.delete(this.stripe)
  }
}
