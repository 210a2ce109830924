import type pg from 'pg'

/** How many ids one value of the sequence `account_id` stands for. */
const BLOCK = 1_024n

/**
 * The ids of accounts this process has seen (an account's id never changes while it is open), bounded, the least recently
 * seen forgotten first; and a stock of fresh ids for accounts that a batch opens.
 */
export class AccountIds {
  readonly #ids = new Map<string, string>()
  readonly #entries_max: number
  #next = 0n
  #end = 0n

  constructor(entries_max: number) {
    this.#entries_max = entries_max
  }

  get(key: string): string | undefined {
    return this.#ids.get(key)
  }

  set(key: string, id: string): void {
    if (this.#ids.size >= this.#entries_max && !this.#ids.has(key)) this.#ids.delete(this.#ids.keys().next().value!)
    this.#ids.set(key, id)
  }

  /** The account is no longer open under this id. */
  forget(key: string): void {
    this.#ids.delete(key)
  }

  async next(client: pg.ClientBase): Promise<string> {
    if (this.#next === this.#end) {
      const { rows } = await client.query<{ start: string }>(`select nextval('account_id')::text as start`)
      this.#next = BigInt(rows[0]!.start)
      this.#end = this.#next + BLOCK
    }
    const id = this.#next
    this.#next += 1n
    return id.toString()
  }
}
