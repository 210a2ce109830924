import type { LedgerReader, StatementEntry } from '../../ledger/ledger.ts'
import { userOwner, type TenantId } from '../../schema/account.ts'
import type { BattleSettled } from '../../schema/battle-event.ts'
import type { CommittedEvent, EventType } from '../../schema/event.ts'
import type { OwnResult } from '../../schema/session.ts'
import { maskedUser } from '../../schema/masked-user.ts'

export type Owner = Readonly<{ tenant: TenantId; user: string }>

/** Results a user is shown on coming back. */
export const RESULTS_MAX = 20
/** Lines of the statement that are looked through for them. */
const STATEMENT_ENTRIES = 100
/** A battle has at most a few events; this many are looked through for its end. */
const BATTLE_EVENTS_MAX = 200
/** An outcome without an actor has a few events at most. */
const OUTCOME_EVENTS_MAX = 4n

/** The types of what one is told as a result. */
const told: ReadonlySet<EventType> = new Set(['battle.settled', 'battle.cancelled', 'item.sold', 'faucet.granted'])

/** An event as a result of `user`'s own: others in it are masked. Undefined when it is none; whether it is theirs is known before. */
export function resultOf({ seq, type, at_ms, payload }: CommittedEvent, user: string): OwnResult | undefined {
  if (!told.has(type)) return undefined
  const result = { seq: seq.toString(), type, at_ms, payload }
  if (type !== 'battle.settled') return result
  const { seats } = payload as BattleSettled
  const masked = seats.map((each) => Object.assign({}, each, { user: asSeenBy(user, each.user) }))
  return { ...result, payload: { ...payload, seats: masked } }
}

/** The last results of a user, oldest first: what became of the things their statement speaks of. */
export async function lastResults(reader: LedgerReader, { tenant, user }: Owner): Promise<readonly OwnResult[]> {
  const entries = await reader.statement({ tenant, owner: userOwner(user), limit: STATEMENT_ENTRIES })
  const subjects = new Map(entries.map((entry) => [entry.actor ?? entry.outcome, entry])).values()
  const found = await Promise.all([...subjects].slice(0, RESULTS_MAX).map((entry) => eventsOf(reader, tenant, entry)))
  return found
    .flat()
    .flatMap((event) => resultOf(event, user) ?? [])
    .toSorted((a, b) => Number(BigInt(a.seq) - BigInt(b.seq)))
    .slice(-RESULTS_MAX)
}

/** What happened from the entry on in its battle; without one, what came with the entry. */
async function eventsOf(reader: LedgerReader, tenant: TenantId, { actor, seq, outcome }: StatementEntry) {
  const since = seq - 1n
  if (actor !== null) return reader.events({ since, tenant, actor, limit: BATTLE_EVENTS_MAX })
  const events = await reader.events({ since, until: seq + OUTCOME_EVENTS_MAX, tenant, limit: BATTLE_EVENTS_MAX })
  return events.filter((event) => event.outcome === outcome)
}

function asSeenBy(user: string, seated: string | null): string | null {
  return seated === null || seated === user ? seated : maskedUser(seated)
}
