import { chainHash, merkleRoot } from '../leaf.ts'
import { checkLeg, type Accounts } from './accounts.ts'
import type { AuditBatch, AuditEvent, AuditLeg, AuditOutcome, Chunk } from './chunk.ts'
import type { Finding } from './finding.ts'
import { leafOf, textOf } from './leaves.ts'

/** A point of the chain between two batches: everything up to `seq` is behind it. */
export type Link = Readonly<{ seq: number; hash: Buffer; at_ms: number }>

/** Before the first batch. */
export const ORIGIN: Link = { seq: 0, hash: Buffer.alloc(32), at_ms: 0 }

export type Counts = { outcomes: number; events: number; transfers: number }

/**
 * Walks batches in the order of seq and derives each again from what is stored of it: outcomes tile the batch, events the
 * outcomes, legs stand in order and each balance follows from the one before, leaves give the digest, the digest the chain.
 */
export class Walk {
  readonly counts: Counts = { outcomes: 0, events: 0, transfers: 0 }
  #at: Link

  constructor(from: Link) {
    this.#at = from
  }

  /** Behind the last batch that was found right. */
  get at(): Link {
    return this.#at
  }

  /** The first thing wrong in the chunk, which follows on the ones before. `accounts` has every account of its legs. */
  check(chunk: Chunk, accounts: Accounts): Finding | undefined {
    const rest = new Rest(chunk)
    for (const batch of chunk.batches) {
      const finding = this.#checkBatch(batch, rest, accounts)
      if (finding !== undefined) return finding
      this.#at = { seq: batch.last_seq, hash: batch.hash, at_ms: batch.at_ms }
    }
    return rest.leftOver()
  }

  #checkBatch(batch: AuditBatch, rest: Rest, accounts: Accounts): Finding | undefined {
    const { seq, hash, at_ms } = this.#at
    const at = { seq: String(batch.last_seq) }
    if (batch.first_seq !== seq + 1 || batch.last_seq < batch.first_seq)
      return { what: 'batch/gap', ...at, expected: `a batch from seq ${seq + 1} on`, found: `from ${batch.first_seq}` }
    if (batch.at_ms < at_ms)
      return { what: 'batch/time', ...at, expected: `${at_ms} or later`, found: `${batch.at_ms}` }
    const leaves: Buffer[] = []
    for (let next = batch.first_seq; next <= batch.last_seq;) {
      const outcome = rest.outcome()
      const finding = checkTile(outcome, next, batch) ?? this.#checkOutcome(outcome!, batch, rest, accounts, leaves)
      if (finding !== undefined) return finding
      next = outcome!.last_seq + 1
    }
    const digest = merkleRoot(leaves)
    if (!digest.equals(batch.digest)) return { what: 'batch/digest', ...at, ...differ(digest, batch.digest) }
    const link = chainHash(hash, digest, BigInt(batch.last_seq), batch.at_ms)
    return link.equals(batch.hash) ? undefined : { what: 'batch/hash', ...at, ...differ(link, batch.hash) }
  }

  #checkOutcome(
    outcome: AuditOutcome,
    batch: AuditBatch,
    rest: Rest,
    accounts: Accounts,
    leaves: Buffer[],
  ): Finding | undefined {
    const events: AuditEvent[] = []
    for (let seq = outcome.first_seq; seq <= outcome.last_seq; seq++) {
      const event = rest.event()
      const finding = checkEvent(event, seq, outcome, batch)
      if (finding !== undefined) return finding
      events.push(event!)
    }
    const legs = rest.legsUpTo(outcome.last_seq)
    for (const [n, leg] of legs.entries()) {
      const finding = checkPlace(leg, n, outcome) ?? checkLeg(leg, outcome, accounts)
      if (finding !== undefined) return finding
    }
    leaves.push(leafOf(batch.salt, outcome, textOf(outcome, legs, events, accounts)))
    this.counts.outcomes += 1
    this.counts.events += events.length
    this.counts.transfers += legs.length
    return undefined
  }
}

/** The rows of a chunk that were not yet taken. */
class Rest {
  readonly #chunk: Chunk
  #outcomes = 0
  #legs = 0
  #events = 0

  constructor(chunk: Chunk) {
    this.#chunk = chunk
  }

  outcome(): AuditOutcome | undefined {
    return this.#chunk.outcomes[this.#outcomes++]
  }

  event(): AuditEvent | undefined {
    return this.#chunk.events[this.#events++]
  }

  legsUpTo(seq: number): readonly AuditLeg[] {
    const from = this.#legs
    while ((this.#chunk.legs[this.#legs]?.seq ?? Infinity) <= seq) this.#legs++
    return this.#chunk.legs.slice(from, this.#legs)
  }

  leftOver(): Finding | undefined {
    const outcome = this.#chunk.outcomes[this.#outcomes]
    const nothing = { expected: 'nothing more in this batch' }
    if (outcome !== undefined)
      return { what: 'outcome/gap', ...nothing, seq: `${outcome.first_seq}`, found: `outcome ${outcome.id}` }
    const event = this.#chunk.events[this.#events]
    if (event !== undefined)
      return { what: 'event/gap', ...nothing, seq: `${event.seq}`, found: `an event ${event.type}` }
    const leg = this.#chunk.legs[this.#legs]
    if (leg !== undefined) return { what: 'transfer/order', ...nothing, seq: `${leg.seq}`, found: `transfer ${leg.n}` }
    return undefined
  }
}

/** The outcomes of a batch follow each other without gap. */
function checkTile(outcome: AuditOutcome | undefined, seq: number, batch: AuditBatch): Finding | undefined {
  if (outcome === undefined)
    return { what: 'outcome/gap', seq: String(seq), expected: `an outcome from seq ${seq} on`, found: 'none' }
  const { id, first_seq, last_seq, at_ms } = outcome
  const wrong = (what: Finding['what'], expected: string, found: string): Finding => ({
    what,
    seq: String(seq),
    outcome: id,
    expected,
    found,
  })
  if (first_seq !== seq || last_seq < first_seq || last_seq > batch.last_seq)
    return wrong('outcome/gap', `an outcome from seq ${seq} on`, `seqs ${first_seq} to ${last_seq}`)
  return at_ms === batch.at_ms ? undefined : wrong('outcome/time', `${batch.at_ms}`, `${at_ms}`)
}

function checkEvent(
  event: AuditEvent | undefined,
  seq: number,
  { id, tenant, actor }: AuditOutcome,
  { at_ms }: AuditBatch,
): Finding | undefined {
  const wrong = (what: Finding['what'], expected: string, found: string): Finding => ({
    what,
    seq: String(seq),
    outcome: id,
    expected,
    found,
  })
  if (event?.seq !== seq) return wrong('event/gap', `an event of seq ${seq}`, event ? `seq ${event.seq}` : 'none')
  if (event.outcome !== id) return wrong('event/outcome', id, event.outcome)
  if (event.tenant !== tenant) return wrong('event/tenant', tenant, event.tenant)
  if (event.actor !== actor?.id) return wrong('event/actor', actor?.id ?? 'none', event.actor ?? 'none')
  return event.at_ms === at_ms ? undefined : wrong('event/time', `${at_ms}`, `${event.at_ms}`)
}

function checkPlace({ seq, n }: AuditLeg, expected: number, outcome: AuditOutcome): Finding | undefined {
  if (seq === outcome.first_seq && n === expected) return undefined
  const at = { seq: String(seq), outcome: outcome.id }
  return {
    what: 'transfer/order',
    ...at,
    expected: `transfer ${expected} at seq ${outcome.first_seq}`,
    found: `${n} at ${seq}`,
  }
}

function differ(expected: Buffer, found: Buffer): Pick<Finding, 'expected' | 'found'> {
  return { expected: expected.toString('hex'), found: found.toString('hex') }
}
