import type { Pool } from 'pg'
import type { CommittedEvent } from '../schema/event.ts'

/** An event that a sink cannot carry, because of what it is, and why. */
export type DeadLetter = Readonly<{ event: CommittedEvent; reason: string }>

/** Puts them on record, once each however often the sink tries. The events themselves stay in the ledger. */
export async function recordDeadLetters(
  pool: Pick<Pool, 'query'>,
  { sink, lineage }: Readonly<{ sink: string; lineage: string }>,
  letters: readonly DeadLetter[],
): Promise<void> {
  if (letters.length === 0) return
  const column = <T>(of: (letter: DeadLetter) => T): T[] => letters.map(of)
  await pool.query(
    `insert into dead_letter(sink, lineage, seq, type, tenant, reason)
     select $1, $2, * from unnest($3::bigint[], $4::text[], $5::text[], $6::text[]) on conflict do nothing`,
    [
      sink,
      lineage,
      column(({ event }) => event.seq),
      column(({ event }) => event.type),
      column(({ event }) => event.tenant),
      column(({ reason }) => reason),
    ],
  )
}
