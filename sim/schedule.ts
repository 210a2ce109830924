type Entry = { readonly at_ms: number; readonly order: number; run: (() => void) | undefined }

/** Virtual time: what is to happen, in order of its time and, at the same time, in the order in which it was asked for. */
export class Schedule {
  readonly #heap: Entry[] = []
  #now_ms: number
  #order = 0

  constructor(start_ms: number) {
    this.#now_ms = start_ms
  }

  /** Unix ms; whole. */
  get now_ms(): number {
    return this.#now_ms
  }

  /** Calls `run` at `at_ms`, or next when that has passed. Returns how to call it off. */
  at(at_ms: number, run: () => void): () => void {
    const entry: Entry = { at_ms: Math.max(at_ms, this.#now_ms), order: this.#order++, run }
    this.#rise(entry)
    return () => (entry.run = undefined)
  }

  after(wait_ms: number, run: () => void): () => void {
    return this.at(this.#now_ms + wait_ms, run)
  }

  /** Moves on to what comes next and does it. False when nothing comes any more. */
  step(): boolean {
    for (let entry = this.#take(); entry; entry = this.#take()) {
      if (entry.run === undefined) continue
      this.#now_ms = entry.at_ms
      entry.run()
      return true
    }
    return false
  }

  #rise(entry: Entry): void {
    let index = this.#heap.push(entry) - 1
    while (index > 0) {
      const above = (index - 1) >> 1
      if (!isBefore(entry, this.#heap[above]!)) break
      this.#heap[index] = this.#heap[above]!
      index = above
    }
    this.#heap[index] = entry
  }

  #take(): Entry | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last === undefined || first === last) return first
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      if (below >= this.#heap.length) break
      if (below + 1 < this.#heap.length && isBefore(this.#heap[below + 1]!, this.#heap[below]!)) below += 1
      if (!isBefore(this.#heap[below]!, last)) break
      this.#heap[index] = this.#heap[below]!
      index = below
    }
    this.#heap[index] = last
    return first
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at_ms < b.at_ms || (a.at_ms === b.at_ms && a.order < b.order)
}

/** Resolves when nothing can go on without time passing: every promise that could be settled has been. */
export function idle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
