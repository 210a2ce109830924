import { factsOf, measures, names, type Fact } from '../analytics/facts.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import { toJson } from '../../schema/json.ts'
import type { RowBinary } from './row-binary.ts'

const plain = ['seq', 'lineage', 'type', 'audience', 'tenant', 'actor', 'user', 'outcome', 'at', 'payload'] as const

/** The columns of `transaction_events` in the order in which `writeRow` writes them. */
export const columns = [...plain, ...[...names, ...measures].map((each) => `fact.${each}`)]

/**
 * Writes an event as a row. When its payload has not the shape of its type, the row is written without facts and the error
 * returned: the history stays complete, and only the sums go without it.
 */
export function writeRow(row: RowBinary, event: CommittedEvent, lineage: string): Error | undefined {
  row.uint64(event.seq)
  row.text(lineage)
  row.text(event.type)
  row.text(event.audience)
  row.text(event.tenant)
  row.text(event.actor ?? '')
  row.text(event.user ?? '')
  row.uuid(event.outcome)
  row.int64(BigInt(event.at_ms))
  row.text(toJson(event.payload))
  const before = row.length
  try {
    writeFacts(row, factsOf(event))
    return undefined
  } catch (error) {
    row.cut(before)
    writeFacts(row, [])
    return error as Error
  }
}

function writeFacts(row: RowBinary, facts: readonly Fact[]): void {
  for (const name of names) {
    row.length32(facts.length)
    for (const fact of facts) row.text(fact[name])
  }
  for (const measure of measures) {
    row.length32(facts.length)
    for (const fact of facts) row.int64(fact[measure] ?? 0n)
  }
}
