import type { Pool } from 'pg'
import type { Principal } from '../access/access.ts'
import { recordAct, type Act } from '../access/acts.ts'
import { transaction } from '../access/transaction.ts'
import { issuesOf, type Surroundings } from '../game/box/fitness.ts'
import { Alarms } from '../ledger/alarms.ts'
import type { Ledger, Tail } from '../ledger/ledger.ts'
import type { TenantId } from '../schema/account.ts'
import type {
  BoxContents,
  BoxDraft,
  BoxFile,
  BoxIssue,
  BoxPage,
  BoxReport,
  BoxStanding,
  Imported,
  VersionPage,
} from '../schema/box-admin.ts'
import { contentsOf, hashContents } from '../schema/box-contents.ts'
import { RollingDropError } from '../schema/errors.ts'
import {
  publishOnce,
  retireOnce,
  ringDesk,
  standingOf,
  unscheduleOnce,
  type DeskCommand,
  type DeskParts,
} from './box-desk.ts'
import { findVersion, findVersions } from './box-version.ts'
import { findDraft, writeDraft, type Saving } from './drafts.ts'
import { changeOf, exportBoxes } from './exchange.ts'
import { listBoxes } from './list.ts'
import { Reports } from './reports.ts'
import { surroundingsOf } from './surroundings.ts'

type Parts = Readonly<{
  pool: Pool
  ledger: Ledger
  tail: Pick<Tail, 'subscribe'>
  /** Unix ms. */
  clock: () => number
  /** Told of what no caller hears of. */
  failed: (error: unknown) => void
  settings: BoxSettings
}>

export type BoxSettings = Readonly<{
  /** What the return to player of a box has to lie within, as shares of the price. */
  bounds: Surroundings['bounds']
  /** Openings that are simulated before a box may be published. */
  draws: number
}>

/** Boxes at most on one page. */
const PAGE_MAX = 100
type Page = Readonly<{ cursor?: string | undefined; limit: number }>

/** What the staff of a tenant does with its boxes. What is not the tenant's is `box/unknown`; a stale revision is `box/state`. */
export class Boxes {
  readonly #parts: Parts
  readonly #desk: DeskParts
  readonly #reports: Reports
  readonly #alarms: Alarms

  constructor(parts: Parts) {
    const { pool, ledger, tail, clock, failed } = parts
    this.#parts = parts
    this.#desk = { pool, ledger, clock }
    this.#reports = new Reports({ pool, draws: parts.settings.draws, failed })
    const box = (actor: string, now_ms: number) => ringDesk(this.#desk, actor, now_ms)
    this.#alarms = new Alarms({ pool, tail, kinds: { box }, failed })
  }

  /** All boxes that are drafted, on offer or retired, by id. */
  list(tenant: TenantId, { cursor, limit }: Page): Promise<BoxPage> {
    return listBoxes(this.#parts.pool, tenant, { after: cursor ?? '', limit: Math.min(limit, PAGE_MAX) })
  }

  /** Begins a box with its first draft. Throws `box/exists`. */
  async create(by: Principal, id: string, contents: BoxContents): Promise<BoxDraft> {
    const { pool } = this.#parts
    const [draft, newest] = await Promise.all([findDraft(pool, by.tenant, id), findVersion(pool, by.tenant, id)])
    if (draft?.contents || newest) throw new RollingDropError('box/exists', { box: id })
    // Of one that was thrown away the revision goes on.
    await this.#write(by, [{ id, revision: draft?.revision ?? 0, contents }], 'box/exists')
    return this.draft(by.tenant, id)
  }

  /** The draft, or what one would begin with. */
  async draft(tenant: TenantId, id: string): Promise<BoxDraft> {
    const { pool, settings } = this.#parts
    const [draft, standing] = await Promise.all([findDraft(pool, tenant, id), standingOf(pool, tenant, id)])
    const newest = await this.#newest(tenant, id)
    const contents = draft?.contents ?? newest
    if (!contents) throw new RollingDropError('box/unknown', { box: id })
    return {
      id,
      revision: draft?.revision ?? 0,
      saved: Boolean(draft?.contents),
      contents,
      hash: hashContents(id, contents),
      issues: [...(await this.#issues(tenant, id, contents))],
      standing,
      bounds: settings.bounds,
    }
  }

  async save(by: Principal, saving: Saving & Readonly<{ contents: BoxContents }>): Promise<BoxDraft> {
    await this.#known(by.tenant, saving.id)
    await this.#write(by, [saving], 'box/state')
    return this.draft(by.tenant, saving.id)
  }

  /** Takes the draft away; a box that was never published is gone then. */
  async discard(by: Principal, id: string, revision: number): Promise<void> {
    const draft = await findDraft(this.#parts.pool, by.tenant, id)
    if (!draft?.contents) throw new RollingDropError('box/unknown', { box: id })
    await this.#write(by, [{ id, revision, contents: null }], 'box/state')
  }

  /** Every version, newest first. */
  async versions(tenant: TenantId, id: string, { cursor, limit }: Page): Promise<VersionPage> {
    const before = cursor === undefined ? undefined : Number(cursor)
    const known = await findVersions(this.#parts.pool, tenant, id, { before, limit: limit + 1 })
    if (known.length === 0 && cursor === undefined) await this.#known(tenant, id)
    const shown = known.slice(0, limit)
    return {
      versions: shown.map(({ box, hash, returnToPlayer, published_ms: publishedAt }) =>
        Object.assign({ id, version: box.version, hash, returnToPlayer, publishedAt }, contentsOf(box)),
      ),
      next: known.length > limit ? `${shown.at(-1)!.box.version}` : null,
    }
  }

  /** Publishes the draft of this revision. Throws `box/state`, or `box/not-fit` with all that is wrong with it. */
  async publish(
    command: DeskCommand,
    wanted: Readonly<{ revision: number; at?: number | undefined }>,
  ): Promise<BoxStanding> {
    const { tenant } = command.principal
    await publishOnce(this.#desk, command, wanted, async () => {
      await this.#known(tenant, command.box)
      const draft = await findDraft(this.#parts.pool, tenant, command.box)
      if (!draft?.contents || draft.revision !== wanted.revision) throw stale(draft?.revision ?? 0)
      await this.#demandFit(tenant, command.box, draft.contents)
      return draft.contents
    })
    return standingOf(this.#parts.pool, tenant, command.box)
  }

  async retire(command: DeskCommand, wanted: Readonly<{ at?: number | undefined }>): Promise<BoxStanding> {
    await this.#known(command.principal.tenant, command.box)
    await retireOnce(this.#desk, command, wanted)
    return standingOf(this.#parts.pool, command.principal.tenant, command.box)
  }

  async unschedule(command: DeskCommand): Promise<BoxStanding> {
    await this.#known(command.principal.tenant, command.box)
    await unscheduleOnce(this.#desk, command)
    return standingOf(this.#parts.pool, command.principal.tenant, command.box)
  }

  export(tenant: TenantId): Promise<BoxFile> {
    return exportBoxes(this.#parts.pool, tenant)
  }

  /** Drafts all boxes of a file, or none: `box/not-fit` when one of them has an error. What is the same already stays as it is. */
  async import(by: Principal, { boxes }: BoxFile, dryRun: boolean): Promise<Imported> {
    const found = await Promise.all(boxes.map((box) => this.#compare(by.tenant, box)))
    const wrong = found.flatMap(({ id, issues }) => errorsOf(issues).map((issue) => at(id, issue)))
    if (!dryRun && wrong.length > 0) throw new RollingDropError('box/not-fit', { issues: wrong })
    const savings = found.flatMap(({ change, saving }) => (change === 'same' ? [] : [saving]))
    if (!dryRun && savings.length > 0) await this.#write(by, savings, 'box/state')
    return { saved: !dryRun, boxes: found.map(({ id, change, issues }) => ({ id, change, issues: [...issues] })) }
  }

  /** The report on the draft as it stands; null when none was asked for. */
  async report(tenant: TenantId, id: string): Promise<BoxReport | null> {
    const { hash } = await this.draft(tenant, id)
    return (await this.#reports.find(tenant, id, hash)) ?? null
  }

  /** Begins one. Throws `box/not-fit` when nothing can be drawn from the draft, or `server/busy`. */
  async beginReport(tenant: TenantId, id: string): Promise<BoxReport> {
    const { contents, issues } = await this.draft(tenant, id)
    const wrong = errorsOf(issues).filter(({ path }) => path !== '')
    if (wrong.length > 0) throw new RollingDropError('box/not-fit', { issues: wrong })
    return this.#reports.begin(tenant, id, contents)
  }

  /** Resolves when nothing is under way. */
  async close(): Promise<void> {
    await Promise.all([this.#alarms.close(), this.#reports.close()])
  }

  /** Writes drafts, all or none, with the act of whoever does it. */
  async #write(by: Principal, savings: readonly Saving[], otherwise: 'box/state' | 'box/exists'): Promise<void> {
    const { pool, ledger, clock } = this.#parts
    await transaction(pool, async (client) => {
      // In order of their ids, so that two imports do not wait for each other in a circle.
      for (const saving of savings.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
        if (!(await writeDraft(client, by.tenant, saving))) throw new RollingDropError(otherwise, { reason: STALE })
      await Promise.all(savings.map((saving) => recordAct(ledger, draftAct(by, saving), clock())))
    })
  }

  async #compare(tenant: TenantId, { id, ...contents }: BoxFile['boxes'][number]) {
    const { pool } = this.#parts
    const [draft, newest] = await Promise.all([findDraft(pool, tenant, id), this.#newest(tenant, id)])
    const change = changeOf(id, contents, draft?.contents ?? newest)
    const issues = await this.#issues(tenant, id, contents)
    return { id, change, issues, saving: { id, revision: draft?.revision ?? 0, contents } }
  }

  async #demandFit(tenant: TenantId, id: string, contents: BoxContents): Promise<void> {
    const wrong = [...errorsOf(await this.#issues(tenant, id, contents))]
    if (wrong.length === 0 && !(await this.#reports.allows(tenant, id, contents)))
      wrong.push({
        path: 'report',
        level: 'error',
        message: 'A report on exactly this draft, one that agrees, comes first.',
      })
    if (wrong.length > 0) throw new RollingDropError('box/not-fit', { issues: wrong })
  }

  async #issues(tenant: TenantId, id: string, contents: BoxContents): Promise<readonly BoxIssue[]> {
    const { pool, settings } = this.#parts
    return issuesOf(contents, await surroundingsOf(pool, tenant, id, contents, settings.bounds))
  }

  async #newest(tenant: TenantId, id: string): Promise<BoxContents | undefined> {
    const box = (await findVersion(this.#parts.pool, tenant, id))?.published.box
    return box && contentsOf(box)
  }

  /** Throws `box/unknown` where there is neither a draft nor a version. */
  async #known(tenant: TenantId, id: string): Promise<void> {
    const [draft, newest] = await Promise.all([findDraft(this.#parts.pool, tenant, id), this.#newest(tenant, id)])
    if (!draft?.contents && !newest) throw new RollingDropError('box/unknown', { box: id })
  }
}

const STALE = 'somebody has changed this draft since you looked at it'

function draftAct(by: Principal, { id, revision, contents }: Saving): Act {
  const after = contents && { revision: revision + 1, hash: hashContents(id, contents) }
  return { by, action: 'box.draft', object: `box:${id}`, before: { revision }, after }
}

function stale(revision: number): RollingDropError {
  return new RollingDropError('box/state', { reason: STALE, revision })
}

function errorsOf(issues: readonly BoxIssue[]): readonly BoxIssue[] {
  return issues.filter(({ level }) => level === 'error')
}

function at(id: string, issue: BoxIssue): BoxIssue {
  return { ...issue, path: issue.path === '' ? id : `${id}.${issue.path}` }
}
