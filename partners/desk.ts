import { recordAct } from '../access/acts.ts'
import type { Principal } from '../access/access.ts'
import { claim } from '../access/idempotency.ts'
import type { PartnerStage } from '../access/partner.ts'
import { findPartner, insertPartner, type StoredPartner } from '../access/partners/store.ts'
import {
  findListed,
  isTaken,
  listPartners,
  moveStage,
  setCommission,
  type ListedPartner,
} from '../access/partners/worlds.ts'
import { commitSurely, welcome } from '../access/welcome.ts'
import { seedCatalog } from '../catalog/seed.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { CommissionRule, PartnerView } from '../schema/partner-api.ts'
import { derivedId, uuidv7, type OutcomeId } from '../schema/uuid.ts'
import type { PartnerParts } from './parts.ts'
import { ensureUser } from './users.ts'

type NewPartner = Readonly<{ name: string; email: string }>
export type MadePartner = Readonly<{ partner: PartnerView; invitation: string }>
type Quota = Readonly<{ connections?: number; requestsPerMinute?: number; eventsPerSecond?: number }>

/** Users that a sandbox begins with, by the ids under which a partner finds them. */
const TEST_USERS = ['test-1', 'test-2', 'test-3']
const PAGE = 50

/** What the staff does for partners. Every act is in the chain before it is done. */
export class PartnerDesk {
  readonly #parts: PartnerParts

  constructor(parts: PartnerParts) {
    this.#parts = parts
  }

  /**
   * A new partner with a sandbox full of test data, and somebody who looks after it. The same command again finishes what a crash
   * left undone, and gives another invitation. Throws `partner/exists`.
   */
  async create(by: Principal, key: string, { name, email }: NewPartner): Promise<MadePartner> {
    const { pool, ledger, accounts, administration, clock } = this.#parts
    const body = { name, email }
    const worlds = { production: name, sandbox: `${name}-sandbox` }
    const command = { principal: by, route: 'create-partner', key, body }
    const { outcome: id } = await claim(pool, command, clock(), async () => {
      if (name === MAIN_TENANT || (await isTaken(pool, Object.values(worlds))) || (await findPartner(pool, name)))
        throw new RollingDropError('partner/exists', { name })
      return null
    })
    await recordAct(
      ledger,
      { by, action: 'partner.create', object: `partner:${id}`, before: null, after: { stage: 'sandbox' } },
      clock(),
    )
    const row = { id, name, tenant: worlds.production, sandbox: worlds.sandbox, stage: 'sandbox' as const }
    await insertPartner(pool, row, clock())
    const partner = await this.#find(name)
    if (partner.id !== id) throw new RollingDropError('partner/exists', { name })
    await administration.tellChanged(partner)
    await seedCatalog({ pool, ledger, clock, tenant: worlds.sandbox })
    const world = { tenant: worlds.sandbox, sandbox: true }
    for (const externalId of TEST_USERS) await ensureUser(this.#parts, world, externalId)
    const invited = { tenant: worlds.production, email, name, roles: ['player', 'partner-admin'] as const }
    const { user, link } = await accounts.invite(invited)
    await commitSurely(ledger, welcome(user, 0n))
    return { partner: (await this.#listed(name)).view, invitation: link }
  }

  /** By name. */
  async list(cursor: string | undefined): Promise<Readonly<{ partners: PartnerView[]; next: string | null }>> {
    const found = await listPartners(this.#parts.pool, { after: cursor, limit: PAGE + 1 })
    const partners = found.slice(0, PAGE).map(({ view }) => view)
    return { partners, next: found.length > PAGE ? partners.at(-1)!.name : null }
  }

  /** Throws `partner/unknown`. */
  async view(name: string): Promise<PartnerView> {
    return (await this.#listed(name)).view
  }

  /** The partner has asked for production, and gets it. Throws `partner/unknown`, `partner/state`. */
  async approve(by: Principal, name: string): Promise<PartnerView> {
    const { pool, ledger, clock } = this.#parts
    const { view } = await this.#listed(name)
    // Boxes first: whoever can call finds some.
    if (view.stage === 'review') await seedCatalog({ pool, ledger, clock, tenant: (await this.#find(name)).tenant })
    return this.#move(by, name, { action: 'partner.approve', from: 'review', to: 'production' })
  }

  /** No call of the partner's is taken any more, and its feeds are closed. Throws `partner/unknown`, `partner/state`. */
  async suspend(by: Principal, name: string): Promise<PartnerView> {
    const { stage } = (await this.#listed(name)).view
    return this.#move(by, name, { action: 'partner.suspend', from: stage, to: 'suspended' })
  }

  /** Back to what it was before. Throws `partner/unknown`, `partner/state`. */
  async resume(by: Principal, name: string): Promise<PartnerView> {
    const { before } = await this.#listed(name)
    if (before === null) throw new RollingDropError('partner/state')
    return this.#move(by, name, { action: 'partner.resume', from: 'suspended', to: before })
  }

  async setQuota(by: Principal, name: string, quota: Quota): Promise<PartnerView> {
    const { administration, clock, ledger } = this.#parts
    const { id, view } = await this.#listed(name)
    const act = { by, action: 'partner.quota', object: `partner:${id}`, before: view.quota, after: quota }
    await recordAct(ledger, act, clock())
    const { connections, requestsPerMinute, eventsPerSecond } = quota
    await administration.setQuota(await this.#find(name), {
      ...(connections !== undefined && { connections_max: connections }),
      ...(requestsPerMinute !== undefined && { requests_per_minute: requestsPerMinute }),
      ...(eventsPerSecond !== undefined && { messages_per_s: eventsPerSecond }),
    })
    return this.view(name)
  }

  /** Holds for openings from now on. */
  async setCommission(by: Principal, name: string, rule: CommissionRule): Promise<PartnerView> {
    const { pool, administration, clock, ledger } = this.#parts
    const { id, view } = await this.#listed(name)
    const act = { by, action: 'partner.commission', object: `partner:${id}`, before: view.commission, after: rule }
    await recordAct(ledger, act, clock())
    await setCommission(pool, id, rule)
    await administration.tellChanged(await this.#find(name))
    return this.view(name)
  }

  async #move(
    by: Principal,
    name: string,
    { action, from, to }: Readonly<{ action: string; from: PartnerStage; to: PartnerStage }>,
  ): Promise<PartnerView> {
    const { pool, ledger, clock } = this.#parts
    const { id, view } = await this.#listed(name)
    if (view.stage !== from && view.stage !== to) throw new RollingDropError('partner/state', { stage: view.stage })
    if (view.stage !== to) {
      const act = { by, action, object: `partner:${id}`, before: { stage: from }, after: { stage: to } }
      await recordAct(ledger, act, clock())
      if (!(await moveStage(pool, id, { from, to }))) throw new RollingDropError('partner/state')
    }
    // Told again when the command comes again: a crash may have left it untold.
    await tellStage(this.#parts, await this.#find(name), uuidv7(clock()))
    return this.view(name)
  }

  async #find(name: string): Promise<StoredPartner> {
    const partner = await findPartner(this.#parts.pool, name)
    if (!partner) throw new RollingDropError('partner/unknown', { name })
    return partner
  }

  async #listed(name: string): Promise<ListedPartner> {
    const found = await findListed(this.#parts.pool, name)
    if (!found) throw new RollingDropError('partner/unknown', { name })
    return found
  }
}

/** Tells all nodes which stage a partner has now. */
export async function tellStage(
  { ledger }: Pick<PartnerParts, 'ledger'>,
  { id, tenant, stage }: StoredPartner,
  command: OutcomeId,
): Promise<void> {
  const payload = { partner: id, stage }
  await commitSurely(ledger, {
    id: derivedId(command, 'stage'),
    kind: 'partner.stage',
    tenant,
    request: digestOf(payload),
    transfers: [],
    events: [{ type: 'partner.stage-changed', payload }],
  })
}
