import type { LedgerReader, Tail } from '../../ledger/ledger.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { StreamPage } from '../../schema/partner.ts'
import { formatPosition, type Position } from '../../schema/position.ts'
import { wants, type Wish } from '../feed/filter.ts'
import { tell } from '../feed/telling.ts'

type Parts = Readonly<{ tail: Tail; reader: Pick<LedgerReader, 'events' | 'head'> }>

/** All events of a tenant, or of everyone, with `from` < seq ≤ `to`. */
type Run = Readonly<{ from: bigint; to: bigint; events: readonly CommittedEvent[] }>

/** Seqs that one page looks through at most: where there is little of a tenant, a page says so and the next goes on. */
const SPAN = 20_000n
const READ_MAX = 2_000

/**
 * One page of what was told of a wish since a position, or from the oldest event that is kept: from the tail's memory where it
 * reaches, else from Postgres. Throws `feed/position` for a position that has not come yet, `feed/lineage` for one of another
 * history, and `feed/too-old` for one that lies in the archive.
 */
export async function replay(
  parts: Parts,
  wish: Wish,
  since: Position | undefined,
  limit: number,
): Promise<StreamPage> {
  const { tail, reader } = parts
  const { lineage } = tail
  if (since && since.lineage !== lineage) throw new RollingDropError('feed/lineage', { lineage })
  const from = since?.seq ?? (await oldest(reader))
  const head = from <= tail.seq ? tail.seq : (await reader.head()).seq
  if (from > head) throw new RollingDropError('feed/position', { head: formatPosition({ lineage, seq: head }) })
  const run = remembered(tail, from) ?? (await read(reader, wish, from, head))
  const told = run.events.flatMap((event) => (wants(wish, event) ? (tell(wish, event) ?? []) : []))
  const events = told.slice(0, limit)
  const to = events.length < told.length ? BigInt(events.at(-1)!.seq) : run.to
  const next = to < head ? formatPosition({ lineage, seq: to }) : null
  return { lineage, from: `${from}`, to: `${to}`, events, next }
}

function remembered(tail: Tail, from: bigint): Run | undefined {
  const events = tail.recent(from)
  return events && { from, to: tail.seq, events }
}

async function read(reader: Parts['reader'], { tenant }: Wish, from: bigint, head: bigint): Promise<Run> {
  const until = from + SPAN < head ? from + SPAN : head
  const events = await reader.events({ tenant, since: from, until, limit: READ_MAX })
  // Seq has no gap: where the next one is not there it was archived, and perhaps in the middle of the reading.
  if (from < until && (await reader.events({ since: from, until: from + 1n, limit: 1 })).length === 0)
    throw new RollingDropError('feed/too-old')
  return { from, to: events.length < READ_MAX ? until : events.at(-1)!.seq, events }
}

/** The position before the oldest event that is kept. */
async function oldest(reader: Parts['reader']): Promise<bigint> {
  const [first] = await reader.events({ since: 0n, limit: 1 })
  return first ? first.seq - 1n : 0n
}
