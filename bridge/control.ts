import type { Pool } from 'pg'

/** What people ask of a sink. `rewind` has it write again what comes after a seq. */
export const verbs = ['pause', 'resume', 'rewind'] as const
export type Verb = (typeof verbs)[number]

const CHANGES: Readonly<Record<Verb, string>> = {
  pause: 'paused = true',
  resume: 'paused = false',
  rewind: 'rewind_to = $2',
}

/**
 * Asks something of a sink; its relay, on whichever node, does it within about a second. False when there is no such sink.
 * @throws Error when it is to be rewound forward, which would leave events out
 */
export async function control(pool: Pool, verb: Verb, sink: string, to?: bigint): Promise<boolean> {
  const { rows } = await pool.query<{ seq: string }>('select seq from sink_cursor where name = $1', [sink])
  if (!rows[0]) return false
  if (verb === 'rewind' && (to === undefined || to < 0n || to > BigInt(rows[0].seq)))
    throw new Error(`${sink} has got as far as ${rows[0].seq} and can be rewound only back from there`)
  const values = verb === 'rewind' ? [sink, to] : [sink]
  await pool.query(`update sink_cursor set commands = commands + 1, ${CHANGES[verb]} where name = $1`, values)
  return true
}
