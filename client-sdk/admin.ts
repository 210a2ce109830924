import { houseEdgeOf } from '../game/box/exact.ts'
import { issuesOf } from '../game/box/fitness.ts'
import type {
  BoxContents,
  BoxDraft,
  BoxFile,
  BoxIssue,
  BoxPage,
  BoxReport,
  BoxStanding,
  HouseEdge,
  Imported,
  VersionPage,
} from '../schema/box-admin.ts'
import { boxOf } from '../schema/box-contents.ts'
import { adminPaymentsOver, type AdminPayments } from './admin-payments.ts'
import { adminUsersOver, type AdminUsers } from './admin-users.ts'
import type { Caller } from './caller.ts'

/** What a draft comes to, worked out here as it is typed: `edge` is null while nothing can be drawn from it. */
export type BoxLook = Readonly<{ issues: readonly BoxIssue[]; edge: HouseEdge | null }>

/** The boxes of one's tenant, for its staff. Amounts are decimal strings in smallest units, times unix ms. */
export interface AdminBoxes {
  list(query?: { cursor?: string; limit?: number }): Promise<BoxPage>
  create(id: string, contents: BoxContents): Promise<BoxDraft>
  draft(id: string): Promise<BoxDraft>
  /** With the revision that was changed; another one by now is `box/state`. */
  save(id: string, revision: number, contents: BoxContents): Promise<BoxDraft>
  discard(id: string, revision: number): Promise<void>
  versions(id: string, cursor?: string): Promise<VersionPage>
  /** At once, or at a time. Rejects with `box/not-fit` and all `details.issues`. */
  publish(id: string, revision: number, at?: number): Promise<BoxStanding>
  retire(id: string, at?: number): Promise<BoxStanding>
  unschedule(id: string): Promise<BoxStanding>
  /** Begins a report on the draft; ask for it until it is done. */
  beginReport(id: string): Promise<BoxReport>
  /** The report on exactly the draft as it is saved; null: none was asked for. */
  report(id: string): Promise<BoxReport | null>
  exportAll(): Promise<BoxFile>
  importAll(file: BoxFile, dryRun: boolean): Promise<Imported>
  /** Asks nobody; what only the server knows (items elsewhere, stocks) is in the issues of a saved draft. */
  look(id: string, contents: BoxContents, bounds: BoxDraft['bounds']): BoxLook
}

/** What the staff may do, by its roles; others hear `auth/forbidden`. */
export interface Admin {
  readonly boxes: AdminBoxes
  readonly users: AdminUsers
  readonly payments: AdminPayments
}

export function adminOver(caller: Caller): Admin {
  const base = '/admin/boxes'
  const of = (id: string, rest = '') => `${base}/${encodeURIComponent(id)}${rest}`
  return {
    users: adminUsersOver(caller),
    payments: adminPaymentsOver(caller),
    boxes: {
      list: (query) => caller.get<BoxPage>(base, query),
      create: (id, contents) => caller.call({ method: 'POST', path: base, body: { id, contents } }),
      draft: (id) => caller.get<BoxDraft>(of(id, '/draft')),
      save: (id, revision, contents) =>
        caller.call({ method: 'PUT', path: of(id, '/draft'), body: { revision, contents } }),
      discard: (id, revision) => caller.call({ method: 'DELETE', path: of(id, '/draft'), query: { revision } }),
      versions: (id, cursor) => caller.get<VersionPage>(of(id, '/versions'), { cursor }),
      publish: (id, revision, at) => caller.command('POST', of(id, '/publish'), { revision, at }),
      retire: (id, at) => caller.command('POST', of(id, '/retire'), { at }),
      unschedule: (id) => caller.command('DELETE', of(id, '/schedule')),
      beginReport: (id) => caller.call({ method: 'POST', path: of(id, '/report') }),
      report: async (id) => (await caller.get<{ report: BoxReport | null }>(of(id, '/report'))).report,
      exportAll: () => caller.get<BoxFile>(`${base}/export`),
      importAll: (file, dryRun) => caller.call({ method: 'POST', path: `${base}/import`, body: { file, dryRun } }),
      look,
    },
  }
}

function look(id: string, contents: BoxContents, bounds: BoxDraft['bounds']): BoxLook {
  const issues = issuesOf(contents, { bounds, items: new Map() })
  const canDraw =
    BigInt(contents.price) > 0n && contents.prizes.some(({ weight, value }) => weight > 0 && value !== '0')
  return { issues, edge: canDraw ? houseEdgeOf(boxOf(id, 0, contents)) : null }
}
