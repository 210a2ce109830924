import type { Pool } from 'pg'
import type { BattleSettled } from '../../schema/battle-event.ts'
import type { CommittedEvent } from '../../schema/event.ts'
import type { OwnResult } from '../../schema/session.ts'
import type { ListingSold } from '../../schema/market.ts'
import { maskedUser } from '../../schema/masked-user.ts'
import type { TenantId } from '../../schema/account.ts'

export type Owner = Readonly<{ tenant: TenantId; user: string }>

/** A message of the log before it is told to a device. */
export type LogEntry = Omit<OwnResult, 'prev'>

type Told = Pick<CommittedEvent, 'seq' | 'type' | 'at_ms' | 'payload'>

/** The seeds in use are shown as state; that they have changed is no news besides. */
const SHOWN = 'seeds.committed'

/**
 * Whether an event that concerns a user is told to them: as the one it is about, at the end of a battle they sat in, or at a sale
 * of theirs. The same that `readLog` finds: what is told as it happens and what is read later must be one log.
 */
export function isTold({ type, user, audience }: CommittedEvent, owner: Owner): boolean {
  if (type === 'battle.settled' || type === 'battle.cancelled' || type === 'listing.sold') return true
  return user === owner.user && audience !== 'internal' && type !== SHOWN
}

/** An event as a message to `user`: others in it are masked. */
export function entryOf({ seq, type, at_ms, payload }: Told, user: string): LogEntry {
  const entry = { seq: seq.toString(), type, at_ms, payload }
  if (type === 'listing.sold') return { ...entry, payload: soldAsSeenBy(user, payload as ListingSold) }
  if (type !== 'battle.settled') return entry
  const { seats } = payload as BattleSettled
  const masked = seats.map((each) => Object.assign({}, each, { user: asSeenBy(user, each.user) }))
  return { ...entry, payload: { ...payload, seats: masked } }
}

/** Where a user stands in their log, and the head of the ledger it is read from. */
export type Acked = Readonly<{ acked: bigint; head: bigint; lineage: string }>

/**
 * The log of each user, in Postgres. Nobody writes it: it is the ledger's own events, those that concern the user, so that none
 * can be lost or doubled whichever node dies; only how far it is acknowledged is stored. A snapshot of the ledger always ends at
 * some seq with everything before it, so what is read is a beginning of what will ever be there.
 */
export class PersonalLog {
  readonly #pool: Pool
  /** For so long what is not acknowledged is kept. */
  readonly #kept_days: number

  constructor(pool: Pool, kept_days: number) {
    this.#pool = pool
    this.#kept_days = kept_days
  }

  /** The messages after `since`, the oldest first, `limit` at most; what is too old is let go. */
  async read({ tenant, user }: Owner, since: bigint, limit: number): Promise<readonly LogEntry[]> {
    const { rows } = await this.#pool.query<Row>(
      `select e.seq, e.type, (extract(epoch from e.at) * 1000)::bigint as at_ms, e.payload
       from (
         (select seq from event
          where user_id = $1 and tenant = $2 and audience <> 'internal' and type <> '${SHOWN}' and seq > $3 and at > now() - make_interval(days => $5)
          order by seq limit $4)
         union
         (select seq from concern
          where user_id = $1 and tenant = $2 and seq > $3 and at > now() - make_interval(days => $5)
          order by seq limit $4)
         order by seq limit $4) found
       join event e on e.seq = found.seq
       order by e.seq`,
      [user, tenant, since, limit, this.#kept_days],
    )
    return rows.map((row) => entryOf({ ...row, seq: BigInt(row.seq), at_ms: Number(row.at_ms) }, user))
  }

  async acked({ user }: Owner): Promise<Acked> {
    const { rows } = await this.#pool.query<{ acked: string; seq: string; lineage: string }>(
      'select lineage, seq, coalesce((select acked from session_ack where user_id = $1), 0) as acked from head',
      [user],
    )
    const { acked, seq, lineage } = rows[0]!
    return { acked: BigInt(acked), head: BigInt(seq), lineage }
  }

  /** Resolves when it is durable that everything up to `seq` was seen. Never goes back. */
  async ack({ tenant, user }: Owner, seq: bigint): Promise<void> {
    await this.#pool.query(
      `insert into session_ack(user_id, tenant, acked) values ($1, $2, $3)
       on conflict (user_id) do update set acked = excluded.acked, at = clock_timestamp() where session_ack.acked < excluded.acked`,
      [user, tenant, seq],
    )
  }

  /** Lets go of what is past its time. To be called now and then. */
  async dropOld(): Promise<void> {
    await this.#pool.query('delete from concern where at < now() - make_interval(days => $1)', [this.#kept_days])
  }
}

type Row = Readonly<{ seq: string; type: CommittedEvent['type']; at_ms: string; payload: CommittedEvent['payload'] }>

function asSeenBy(user: string, seated: string | null): string | null {
  return seated === null || seated === user ? seated : maskedUser(seated)
}

/** Seller and buyer stay strangers; the order is its buyer's own. */
function soldAsSeenBy(whoever: string, { order, ...sold }: ListingSold): LogEntry['payload'] {
  const [user, buyer] = [asSeenBy(whoever, sold.user), asSeenBy(whoever, sold.buyer)]
  return { ...sold, user, buyer, ...(sold.buyer === whoever && { order }) }
}
