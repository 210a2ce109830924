import type { Account, Actor, Book, Hold } from './book.ts'

/** Remembers how things stood before one outcome touched them, so that a refused outcome leaves no trace in the book. */
export class Journal {
  readonly #book: Book
  #undo: (() => void)[] = []

  constructor(book: Book) {
    this.#book = book
  }

  account(account: Account): void {
    const { balance, held, frozen, changes, closed } = account
    this.#undo.push(() => Object.assign(account, { balance, held, frozen, changes, closed }))
  }

  actor(actor: Actor): void {
    const before = { ...actor }
    this.#undo.push(() => Object.assign(actor, before))
  }

  newActor(actor: Actor): void {
    this.#book.actors.set(actor.id, actor)
    this.#undo.push(() => this.#book.actors.delete(actor.id))
  }

  hold(hold: Hold): void {
    const { closed } = hold
    this.#undo.push(() => Object.assign(hold, { closed }))
  }

  newHold(hold: Hold): void {
    this.#book.holds.set(hold.id, hold)
    this.#undo.push(() => this.#book.holds.delete(hold.id))
  }

  /** Puts everything back, newest first. */
  restore(): void {
    for (const undo of this.#undo.toReversed()) undo()
    this.#undo = []
  }

  /** The outcome stands. */
  clear(): void {
    this.#undo = []
  }
}
