import type { Outcome } from '../schema/outcome.ts'

/** One outcome that waits for its batch. */
export type Waiting = Readonly<{ outcome: Outcome; bytes: number }>

/**
 * First in, first out for each caller; callers of a tenant take turns, and so do tenants, so that a loud one delays only
 * itself. The caller of an outcome is its actor, or else its owner, or else its kind: commits of one actor keep their order.
 */
export class FairQueue<W extends Waiting> {
  readonly #tenants = new Map<string, Map<string, W[]>>()
  #count = 0
  #bytes = 0

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  push(waiting: W): void {
    const { tenant } = waiting.outcome
    let callers = this.#tenants.get(tenant)
    if (callers === undefined) this.#tenants.set(tenant, (callers = new Map()))
    const caller = callerOf(waiting.outcome)
    const line = callers.get(caller)
    if (line === undefined) callers.set(caller, [waiting])
    else line.push(waiting)
    this.#count += 1
    this.#bytes += waiting.bytes
  }

  /**
   * Takes up to `max.outcomes` and about `max.bytes`, leaving callers that are `busy` where they are. Several of one caller
   * may go together, in order.
   */
  take(max: Readonly<{ outcomes: number; bytes: number }>, busy: ReadonlySet<string>): W[] {
    const taken: W[] = []
    let bytes = 0
    let progress = true
    while (progress && taken.length < max.outcomes && bytes < max.bytes) {
      progress = false
      for (const [tenant, callers] of this.#tenants) {
        const next = this.#takeOne(callers, busy)
        if (callers.size === 0) this.#tenants.delete(tenant)
        if (next === undefined) continue
        progress = true
        taken.push(next)
        bytes += next.bytes
        if (taken.length >= max.outcomes || bytes >= max.bytes) break
      }
    }
    this.#count -= taken.length
    this.#bytes -= bytes
    return taken
  }

  /** Whoever has waited longest among the callers that are not busy; it goes to the end of the line of callers. */
  #takeOne(callers: Map<string, W[]>, busy: ReadonlySet<string>): W | undefined {
    for (const [caller, line] of callers) {
      if (busy.has(caller)) continue
      const next = line.shift()!
      callers.delete(caller)
      if (line.length > 0) callers.set(caller, line)
      return next
    }
    return undefined
  }
}

export function callerOf({ actor, owner, kind }: Outcome): string {
  return actor?.id ?? owner ?? kind
}
