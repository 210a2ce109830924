import type { CommittedEvent } from '../schema/event.ts'
import type { Committed } from './group-commit.ts'

/** The events of a batch, numbered as they were written. */
export function eventsOf({ accepted, written }: Committed): CommittedEvent[] {
  let seq = written.base
  return accepted.flatMap(({ outcome, events }) =>
    outcome.events.map((draft, i) => ({
      seq: (seq += 1n),
      type: draft.type,
      audience: events[i]!.audience as CommittedEvent['audience'],
      tenant: outcome.tenant,
      actor: outcome.actor?.id ?? null,
      user: draft.user ?? null,
      outcome: outcome.id,
      at_ms: written.at_ms,
      payload: JSON.parse(events[i]!.payload) as Record<string, unknown>,
    })),
  )
}
