import type { CommittedEvent } from '../../schema/event.ts'

/** How often events come: what was committed together comes together. */
const BEAT_MS = 10

const battle = '0199f0f0-4a6b-7c3d-9e21-5d2f8b7a1c34'

/** About 200 bytes in msgpack as the feed tells it, and the same for everyone. */
function eventAt(seq: bigint, at_ms: number): CommittedEvent {
  const payload = { battle, source: 'chain:0199f0f04a6b', round: Number(seq), due_ms: at_ms + 900 }
  return {
    seq,
    type: 'battle.refixed',
    audience: 'public',
    tenant: 'main',
    actor: `battle-${battle}`,
    user: null,
    outcome: battle,
    at_ms,
    payload,
  }
}

/** Brings events at a rate, evenly, each with the time it came at; a beat that comes late brings what it missed. */
export class FeedSource {
  readonly #take: (events: readonly CommittedEvent[]) => void
  #timer: NodeJS.Timeout | undefined
  #seq = 0n

  constructor(take: (events: readonly CommittedEvent[]) => void) {
    this.#take = take
  }

  /** Events so far. */
  get count(): number {
    return Number(this.#seq)
  }

  rate(per_s: number): void {
    clearInterval(this.#timer)
    if (per_s === 0) return
    const began = { ms: performance.now(), seq: this.#seq }
    this.#timer = setInterval(() => {
      const due = began.seq + BigInt(Math.floor(((performance.now() - began.ms) / 1000) * per_s))
      const events: CommittedEvent[] = []
      const now_ms = performance.timeOrigin + performance.now()
      while (this.#seq < due) events.push(eventAt(++this.#seq, now_ms))
      if (events.length > 0) this.#take(events)
    }, BEAT_MS)
  }
}
