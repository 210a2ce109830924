import type { Ledger } from '../../ledger/ledger.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { Outcome } from '../../schema/outcome.ts'
import { uuidv7 } from '../../schema/uuid.ts'

const USERS = 5_000
const REQUEST = 'ab'.repeat(32)
/** Outcomes on their way at once. */
const CALLERS = 64
const EVENTS_PER_OUTCOME = 20

/** An event of about 200 bytes about one of 5,000 users. */
function draft(n: number): EventDraft {
  const user = `01890000-0000-7000-8000-${String(n % USERS).padStart(12, '0')}`
  const note = 'what a partner would like to know of it, in some thirty more bytes'
  return { type: 'money.moved', user, payload: { user, asset: PLAY_CREDIT, amount: String(n), note } }
}

/** An outcome of `count` such events and nothing else. */
export function outcomeOf(from: number, count: number): Outcome {
  const events = Array.from({ length: count }, (_, i) => draft(from + i))
  return { id: uuidv7(), kind: 'bench.events', tenant: 'main', request: REQUEST, transfers: [], events }
}

/** Commits `count` events, many in one outcome, and returns the seq of the last. */
export async function commitEvents(ledger: Pick<Ledger, 'commit'>, count: number): Promise<bigint> {
  let [begun, last] = [0, 0n]
  const caller = async (): Promise<void> => {
    while (begun < count) {
      const from = begun
      begun += EVENTS_PER_OUTCOME
      const { last_seq } = await ledger.commit(outcomeOf(from, Math.min(EVENTS_PER_OUTCOME, count - from)))
      if (last_seq > last) last = last_seq
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  return last
}
