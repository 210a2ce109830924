import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import type { Ledger } from '../../ledger/ledger.ts'
import type { TenantId } from '../../schema/account.ts'
import { digestOf } from '../../schema/digest.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { EventDraft } from '../../schema/event.ts'
import { partnerName } from '../../schema/partner.ts'
import { uuidv7, type OutcomeId } from '../../schema/uuid.ts'
import type { NewPartnerKey, PartnerQuota } from '../partner.ts'
import type { Sealer } from '../seal.ts'
import { commitSurely } from '../welcome.ts'
import * as store from './store.ts'

type Parts = Readonly<{
  pool: Pool
  ledger: Ledger
  sealer: Sealer
  /** Unix ms. */
  clock: () => number
}>

/** What the nodes are to learn: that a partner's keys or quota are to be read again, or that keys have ended. */
type Change = Readonly<{
  outcome: OutcomeId
  partner: store.StoredPartner
  ended?: Readonly<{ keys: readonly string[]; ends_ms: number }>
}>

/** What is done for partners by the people who run this. Every change is written first, then told to all nodes. */
export class PartnerAdministration {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * A new partner with its first key, whose secret is told here and never again. Undefined: there is one of this name.
   * Throws `request/invalid` for a name or tenant that cannot be one.
   */
  async create(name: string, tenant: TenantId): Promise<NewPartnerKey | undefined> {
    for (const [field, text] of Object.entries({ name, tenant })) {
      const read = partnerName.safeParse(text)
      if (!read.success) throw new RollingDropError('request/invalid', { field, expected: partnerName.description })
    }
    const { pool, clock } = this.#parts
    const id = uuidv7(clock())
    if (!(await store.insertPartner(pool, { id, name, tenant, stage: 'production' }, clock()))) return undefined
    return this.addKey((await store.findPartner(pool, name))!)
  }

  /** Undefined: there is no such partner. */
  find(name: string): Promise<store.StoredPartner | undefined> {
    return store.findPartner(this.#parts.pool, name)
  }

  /** All keys of a partner, oldest first, ended ones too. */
  keys({ id }: store.StoredPartner): Promise<readonly store.ListedKey[]> {
    return store.findKeysOf(this.#parts.pool, id)
  }

  /** One more key to the same world; those that are there end after `overlap_ms`. */
  async rotate(partner: store.StoredPartner, overlap_ms: number): Promise<NewPartnerKey> {
    const key = await this.addKey(partner)
    await this.endOthers(partner, key, overlap_ms)
    return key
  }

  /** Lets all other keys to the world of this one end after `overlap_ms`. */
  async endOthers(partner: store.StoredPartner, { id }: Pick<NewPartnerKey, 'id'>, overlap_ms: number): Promise<void> {
    const { pool, clock } = this.#parts
    const all = await store.findKeysOf(pool, partner.id)
    const sandbox = all.find((key) => key.id === id)?.sandbox
    const keys = all.flatMap((key) => (key.sandbox === sandbox && key.id !== id ? [key.id] : []))
    if (keys.length > 0) await this.#end(partner, keys, clock() + overlap_ms)
  }

  /** Ends a key now. False: there is none of this id. */
  async end(id: string): Promise<boolean> {
    const { pool, clock } = this.#parts
    const key = await store.findKey(pool, id)
    if (key) await this.#end(key.partner, [id], clock())
    return key !== undefined
  }

  /** Sets what is given of a quota. It holds from the partner's next call on. */
  async setQuota(partner: store.StoredPartner, quota: Partial<PartnerQuota>): Promise<void> {
    await store.setQuota(this.#parts.pool, partner.id, quota)
    await this.tellChanged(partner)
  }

  /** Has every node read again what it knows of this partner. To be called after each change of its rows. */
  async tellChanged(partner: store.StoredPartner): Promise<void> {
    await this.#tell({ outcome: uuidv7(this.#parts.clock()), partner })
  }

  /** Tells again what a crash may have left untold: hearing it twice changes nothing. */
  async tellUntold(): Promise<void> {
    const { pool, clock } = this.#parts
    for (const { id, partner, ends_ms, outcome, told } of await store.findKeys(pool)) {
      if (told) continue
      const ended = ends_ms === null ? undefined : { keys: [id], ends_ms }
      await this.#tell({ outcome: uuidv7(clock()), partner, ...(ended && { ended }) })
      await store.markTold(pool, outcome)
    }
  }

  /**
   * One more key, to the world of the partner's users or to its sandbox. Its secret is told here and never again, except to whoever
   * asks under the same `id`.
   */
  async addKey(
    partner: store.StoredPartner,
    sandbox = false,
    id = store.keyIdOf(partner.name),
  ): Promise<NewPartnerKey> {
    const { pool, clock, sealer } = this.#parts
    const secret = randomBytes(32).toString('base64url')
    const sealed_secret = sealer.seal(secret, store.secretContext(id))
    const outcome = uuidv7(clock())
    const key = { id, partner: partner.id, sandbox, sealed_secret, created_ms: clock(), outcome }
    if (await store.insertKey(pool, key)) {
      await this.#tell({ outcome, partner })
      return { id, secret }
    }
    const known = await store.findKey(pool, id)
    if (known?.partner.id !== partner.id) throw new Error(`the key ${id} is another partner's`)
    return { id, secret: sealer.open(known.sealed_secret, store.secretContext(id)) }
  }

  async #end(partner: store.StoredPartner, keys: readonly string[], ends_ms: number): Promise<void> {
    const outcome = uuidv7(this.#parts.clock())
    await store.endKeys(this.#parts.pool, keys, ends_ms, outcome)
    await this.#tell({ outcome, partner, ended: { keys, ends_ms } })
  }

  async #tell({ outcome, partner, ended }: Change): Promise<void> {
    const event: EventDraft = ended
      ? { type: 'partner.keys-ended', payload: { partner: partner.id, ...ended } }
      : { type: 'partner.changed', payload: { partner: partner.id } }
    await commitSurely(this.#parts.ledger, {
      id: outcome,
      kind: 'partner.change',
      tenant: partner.tenant,
      request: digestOf(event),
      transfers: [],
      events: [event],
    })
    await store.markTold(this.#parts.pool, outcome)
  }
}
