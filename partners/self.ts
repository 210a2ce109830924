import { createHash, randomBytes } from 'node:crypto'
import type { Principal } from '../access/access.ts'
import { recordAct } from '../access/acts.ts'
import { claim } from '../access/idempotency.ts'
import type { NewPartnerKey } from '../access/partner.ts'
import { walletContext } from '../access/partners/book.ts'
import { findPartner, keyIdOf, type ListedKey, type StoredPartner } from '../access/partners/store.ts'
import { findListed, moveStage, setDomains, setWallet } from '../access/partners/worlds.ts'
import { addEndpoint, listEndpoints, removeEndpoint, enableEndpoint } from '../access/webhooks/endpoints.ts'
import type { TenantId } from '../schema/account.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { PartnerView, WalletChoice, WorldName } from '../schema/partner-api.ts'
import { isOutcomeId, uuidv7 } from '../schema/uuid.ts'
import { tellStage } from './desk.ts'
import type { PartnerParts } from './parts.ts'

type Own = Readonly<{ partner: StoredPartner; view: PartnerView; tenantOf: (world: WorldName) => TenantId }>
export type SetWallet = Readonly<{ mode: 'ours' | 'seamless'; url: string | null; secret: string | null }>

/** Endpoints of one tenant at most. */
export type SelfSettings = Readonly<{ endpoints_max: number }>

/** What a partner does for itself. The principal's tenant says which partner; every act is in the chain before it is done. */
export class PartnerSelf {
  readonly #parts: PartnerParts
  readonly #settings: SelfSettings

  constructor(parts: PartnerParts, settings: SelfSettings) {
    this.#parts = parts
    this.#settings = settings
  }

  async view(by: Principal): Promise<PartnerView> {
    return (await this.#own(by)).view
  }

  /** Asks to be let into production. Throws `partner/state`. */
  async askForReview(by: Principal): Promise<PartnerView> {
    const { pool, clock } = this.#parts
    const { partner, view } = await this.#own(by)
    if (view.stage === 'sandbox') {
      await this.#record(by, partner, 'partner.ask-for-review', { stage: 'review' })
      if (!(await moveStage(pool, partner.id, { from: 'sandbox', to: 'review' })))
        throw new RollingDropError('partner/state')
    } else if (view.stage !== 'review') throw new RollingDropError('partner/state', { stage: view.stage })
    await tellStage(this.#parts, { ...partner, stage: 'review' }, uuidv7(clock()))
    return this.view(by)
  }

  /** Oldest first, ended ones too. */
  async keys(by: Principal, world: WorldName): Promise<readonly ListedKey[]> {
    const { partner } = await this.#own(by)
    const keys = await this.#parts.administration.keys(partner)
    return keys.filter(({ sandbox }) => sandbox === (world === 'sandbox'))
  }

  /** One more key, the same one for the same command. Throws `partner/state`: there is no production before the review. */
  async addKey(
    by: Principal,
    world: WorldName,
    { key, wanted }: Readonly<{ key: string; wanted: Readonly<{ endOthersAfter?: number }> }>,
  ): Promise<NewPartnerKey> {
    const { pool, administration, clock } = this.#parts
    const { partner, tenantOf } = await this.#own(by)
    tenantOf(world)
    if (partner.stage === 'suspended' || (world === 'production' && partner.stage !== 'production'))
      throw new RollingDropError('partner/state', { stage: partner.stage })
    const command = { principal: by, route: 'partner-key', key, body: { world, ...wanted } }
    const { outcome } = await claim(pool, command, clock(), async () => null)
    const id = keyIdOf(partner.name, createHash('sha256').update(outcome).digest())
    await this.#record(by, partner, 'partner-key.add', { key: id, world, ...wanted })
    const added = await administration.addKey(partner, world === 'sandbox', id)
    if (wanted.endOthersAfter !== undefined)
      await administration.endOthers(partner, added, wanted.endOthersAfter * 1000)
    return added
  }

  /** Ends a key at once, on every node. Throws `partner/key-unknown`, also for another partner's. */
  async endKey(by: Principal, id: string): Promise<void> {
    const { administration } = this.#parts
    const { partner } = await this.#own(by)
    const keys = await administration.keys(partner)
    if (!keys.some((key) => key.id === id)) throw new RollingDropError('request/not-found')
    await this.#record(by, partner, 'partner-key.end', { key: id })
    await administration.end(id)
  }

  async setDomains(by: Principal, world: WorldName, domains: readonly string[]): Promise<PartnerView> {
    const { pool, administration } = this.#parts
    const { partner, tenantOf } = await this.#own(by)
    tenantOf(world)
    await this.#record(by, partner, 'partner.domains', { world, domains })
    await setDomains(pool, refOf(partner, world), [...new Set(domains)])
    await administration.tellChanged(partner)
    return this.view(by)
  }

  /**
   * Where the money of this world's users lies from now on. The secret comes with each command anew, and the same one for the same
   * command. Throws `outbound/refused`.
   */
  async setWallet(
    by: Principal,
    world: WorldName,
    { key, wanted }: Readonly<{ key: string; wanted: WalletChoice }>,
  ): Promise<SetWallet> {
    const { pool, sealer, outbound, administration, clock } = this.#parts
    const { partner, tenantOf } = await this.#own(by)
    const tenant = tenantOf(world)
    const url = wanted.mode === 'seamless' ? outbound.check(wanted.url).href : null
    const command = { principal: by, route: 'partner-wallet', key, body: { world, ...wanted } }
    const fresh = async () => ({
      sealed_secret: sealer.seal(randomBytes(32).toString('base64url'), walletContext(tenant)),
    })
    const { plan } = await claim(pool, command, clock(), fresh)
    await this.#record(by, partner, 'partner.wallet', { world, mode: wanted.mode })
    await setWallet(pool, refOf(partner, world), url === null ? null : { url, sealed_secret: plan.sealed_secret })
    await administration.tellChanged(partner)
    const secret = url === null ? null : sealer.open(plan.sealed_secret, walletContext(tenant))
    return { mode: wanted.mode, url, secret }
  }

  async webhooks(by: Principal, world: WorldName) {
    const { tenantOf } = await this.#own(by)
    return listEndpoints(this.#parts.pool, tenantOf(world))
  }

  /** Throws `outbound/refused`, `request/invalid`, `request/too-many`. */
  async addWebhook(
    by: Principal,
    world: WorldName,
    { key, wanted }: Readonly<{ key: string; wanted: Readonly<{ url: string; types?: string[] }> }>,
  ): Promise<Readonly<{ id: string; secret: string }>> {
    const { pool, sealer, outbound, clock } = this.#parts
    const { partner, tenantOf } = await this.#own(by)
    const tenant = tenantOf(world)
    const command = { principal: by, route: 'partner-webhook', key, body: { world, ...wanted } }
    const { outcome: id } = await claim(pool, command, clock(), async () => null)
    await this.#record(by, partner, 'partner-webhook.add', { endpoint: id, world })
    const { url, types = null } = wanted
    return addEndpoint(
      { pool, sealer, outbound, per_tenant_max: this.#settings.endpoints_max },
      { tenant, url, types, id },
    )
  }

  /** Has a disabled endpoint sent to again. Throws `request/not-found`. */
  async enableWebhook(by: Principal, world: WorldName, id: string): Promise<void> {
    const partner = await this.#demandWebhook(by, world, id)
    await this.#record(by, partner, 'partner-webhook.enable', { endpoint: id })
    await enableEndpoint(this.#parts.pool, id)
  }

  /** Throws `request/not-found`. */
  async removeWebhook(by: Principal, world: WorldName, id: string): Promise<void> {
    const partner = await this.#demandWebhook(by, world, id)
    await this.#record(by, partner, 'partner-webhook.remove', { endpoint: id })
    await removeEndpoint(this.#parts.pool, id)
  }

  /** The tenant of a world of the principal's partner. */
  async tenantOf(by: Principal, world: WorldName): Promise<TenantId> {
    return (await this.#own(by)).tenantOf(world)
  }

  async #demandWebhook(by: Principal, world: WorldName, id: string): Promise<StoredPartner> {
    const { partner } = await this.#own(by)
    const own = isOutcomeId(id) ? await this.webhooks(by, world) : []
    if (!own.some((endpoint) => endpoint.id === id)) throw new RollingDropError('request/not-found')
    return partner
  }

  /** Throws `partner/unknown` for somebody of no partner's tenant. */
  async #own({ tenant }: Principal): Promise<Own> {
    const { pool, book } = this.#parts
    const known = await book.worldOf(tenant)
    const [partner, listed] = known
      ? await Promise.all([findPartner(pool, known.name), findListed(pool, known.name)])
      : [undefined, undefined]
    if (!partner || !listed) throw new RollingDropError('partner/unknown')
    const { view } = listed
    const tenantOf = (wanted: WorldName) => {
      const found = view.worlds.find(({ world }) => world === wanted)
      if (!found) throw new RollingDropError('request/not-found')
      return found.tenant
    }
    return { partner, view, tenantOf }
  }

  #record(by: Principal, { id }: StoredPartner, action: string, after: unknown): Promise<void> {
    const { ledger, clock } = this.#parts
    return recordAct(ledger, { by, action, object: `partner:${id}`, before: null, after }, clock())
  }
}

function refOf({ id }: StoredPartner, world: WorldName) {
  return { partner: id, sandbox: world === 'sandbox' }
}
