import type { Book } from '../ledger/book.ts'
import type { Decided } from '../ledger/decide.ts'
import type { Needs } from '../ledger/needs.ts'
import { StoreError, type Store, type StoreLane, type Written } from '../ledger/store.ts'
import type { Database } from './database.ts'
import type { Machine } from './machine.ts'

/** A transaction that hears nothing for this long is ended, so that whoever stands still holds up nobody. */
const IDLE_IN_TRANSACTION_MS = 1_000

type Told = (accepted: readonly Decided[], written: Written) => void

/** The store as one machine reaches it: every step goes over the network, and a connection that breaks loses its transaction. */
export class RemoteStore implements Store {
  readonly #database: Database
  readonly #machine: Machine
  readonly #told: Told

  /** `told` hears, at the database, of everything at the instant in which it commits. */
  constructor(database: Database, machine: Machine, told: Told) {
    this.#database = database
    this.#machine = machine
    this.#told = told
  }

  async open(): Promise<StoreLane> {
    const database = this.#database
    const machine = this.#machine
    let session: Session | undefined
    const begin = async () => (session = new Session(await database.store.open(), database, this.#told))
    const opened = await lost(database.ask(machine, 'connect', begin, () => session?.end()))
    machine.onDeath(() => database.schedule.after(database.schedule.now_ms % 20, () => opened.end()))
    return new RemoteLane(opened, database, machine)
  }
}

class RemoteLane implements StoreLane {
  readonly stripe: number
  readonly #session: Session
  readonly #database: Database
  readonly #machine: Machine

  constructor(session: Session, database: Database, machine: Machine) {
    this.stripe = session.stripe
    this.#session = session
    this.#database = database
    this.#machine = machine
  }

  load(needs: Needs): Promise<Book> {
    return this.#ask('begin', () => this.#session.load(needs))
  }

  write(book: Book, accepted: readonly Decided[]): Promise<Written> {
    const what = accepted.map(({ outcome }) => `${outcome.kind} ${outcome.id.slice(-6)}`).join(', ')
    return this.#ask(`commit ${what}`, () => this.#session.write(book, accepted))
  }

  abandon(): Promise<void> {
    return this.#ask('roll back', () => this.#session.abandon())
  }

  close(): Promise<void> {
    this.#session.end()
    return Promise.resolve()
  }

  #ask<T>(what: string, question: () => Promise<T>): Promise<T> {
    return lost(this.#database.ask(this.#machine, what, question, () => this.#session.end()))
  }
}

/** The database's end of a connection. */
class Session {
  readonly stripe: number
  readonly #lane: StoreLane
  readonly #database: Database
  readonly #told: Told
  readonly #end = () => this.end()
  #inTransaction = false
  #ended = false
  #cancelWatch = () => {}

  constructor(lane: StoreLane, database: Database, told: Told) {
    this.stripe = lane.stripe
    this.#lane = lane
    this.#database = database
    this.#told = told
    database.sessions.add(this.#end)
  }

  async load(needs: Needs): Promise<Book> {
    this.#demand(!this.#ended)
    const book = await this.#lane.load(needs)
    if (this.#ended) await this.#lane.abandon()
    this.#demand(!this.#ended)
    this.#inTransaction = true
    this.#cancelWatch = this.#database.schedule.after(IDLE_IN_TRANSACTION_MS, this.#end)
    return book
  }

  async write(book: Book, accepted: readonly Decided[]): Promise<Written> {
    this.#demand(this.#inTransaction)
    this.#leave()
    const written = await this.#lane.write(book, accepted)
    this.#told(accepted, written)
    return written
  }

  async abandon(): Promise<void> {
    this.#demand(this.#inTransaction)
    this.#leave()
    await this.#lane.abandon()
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#leave()
    this.#database.sessions.delete(this.#end)
    void this.#lane.close()
  }

  #leave(): void {
    this.#inTransaction = false
    this.#cancelWatch()
  }

  #demand(holds: boolean): void {
    if (!holds) throw new StoreError('lost', new Error('the session has ended'))
  }
}

async function lost<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw error instanceof StoreError ? error : new StoreError('lost', error)
  }
}
