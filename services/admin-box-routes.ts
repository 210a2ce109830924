import { createRoute, z, type RouteConfig } from '@hono/zod-openapi'
import {
  boxDraft,
  boxFile,
  boxFileOf,
  boxId,
  boxPage,
  boxReport,
  boxStanding,
  imported,
  importBoxes,
  newBox,
  publishDraft,
  retireBox,
  saveDraft,
  versionPage,
  type BoxContents,
} from '../schema/box-admin.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import { refusals } from './problem.ts'

const STAFF = [
  'auth/token-missing',
  'auth/token-invalid',
  'auth/token-expired',
  'auth/revoked',
  'auth/forbidden',
  'ledger/unavailable',
] as const
const COMMAND = [...STAFF, 'request/key-missing', 'request/key-reused', 'ledger/overloaded'] as const

const HASH = '1f0c5a6e8d3b2c4970a1b2c3d4e5f60718293a4b5c6d7e8f9001122334455667'
const contents: BoxContents = {
  name: 'Garden Shed',
  asset: 'play:CREDIT',
  price: '500',
  prizes: [
    { sku: 'seed-packet', name: 'Seed Packet', rarity: 'common', value: '50', weight: 600 },
    { sku: 'sundial-plate', name: 'Sundial Plate', rarity: 'rare', value: '1075', weight: 400, stock: '1000' },
  ],
}
const standing = { id: 'garden-shed', state: 'offered', version: 1, hash: HASH, publishAt: null, retireAt: null }
const issue = { path: 'prizes.1.value', level: 'warning', message: 'It is worth 900 in the box night-market.' }
const draft = {
  id: 'garden-shed',
  revision: 3,
  saved: true,
  contents,
  hash: HASH,
  issues: [issue],
  standing,
  bounds: { min: 0.5, max: 0.98 },
}
const listed = {
  ...standing,
  name: 'Garden Shed',
  asset: 'play:CREDIT',
  price: '500',
  returnToPlayer: 0.92,
  prizes: 2,
  revision: 3,
  drafted: true,
}
const report = {
  id: 'garden-shed',
  hash: HASH,
  state: 'running',
  seed: HASH,
  draws: 10_000_000,
  drawn: 2_500_000,
  exact: {
    expectedValue: { numerator: '460', denominator: '1' },
    returnToPlayer: 0.92,
    houseEdge: 0.08,
    deviation: 502.1,
    worthwhile: 0.4,
    prizes: [{ sku: 'seed-packet', chance: 0.6, returned: 0.065 }],
    rarities: [{ rarity: 'common', chance: 0.6, returned: 0.065 }],
    houseLoses: [{ openings: 1000, chance: 0.006 }],
  },
  simulation: null,
}

const base: Pick<RouteConfig, 'tags' | 'security'> = { tags: ['admin'], security: BEARER }
const params = z.object({ boxId })
const page = (cursor: z.ZodType<string>) =>
  z.object({ cursor: cursor.optional(), limit: z.coerce.number().int().min(1).max(100).default(50) })
const told = json(boxDraft.meta({ id: 'BoxDraft' }), 'The draft as it stands, and what is wrong with it.', draft)
const stands = json(boxStanding.meta({ id: 'BoxStanding' }), 'How the box stands now.', standing)

export const draftRoutes = {
  list: createRoute({
    ...base,
    method: 'get',
    path: '/admin/boxes',
    operationId: 'listAdminBoxes',
    summary: 'All boxes of your tenant: drafted, on offer and retired',
    request: { query: page(boxId) },
    responses: {
      200: json(boxPage.meta({ id: 'BoxPage' }), 'By id.', { boxes: [listed], next: null }),
      ...refusals(...STAFF),
    },
  }),
  create: createRoute({
    ...base,
    method: 'post',
    path: '/admin/boxes',
    operationId: 'createBox',
    summary: 'Begins a box with its first draft',
    description: 'Its id is for good: it stands in addresses, battles and events.',
    request: jsonBody(newBox, { id: 'garden-shed', contents }),
    responses: { 201: told, ...refusals(...STAFF, 'box/exists') },
  }),
  draft: createRoute({
    ...base,
    method: 'get',
    path: '/admin/boxes/{boxId}/draft',
    operationId: 'getBoxDraft',
    summary: 'The draft of a box’s next version',
    description: 'Without one (`saved: false`) the contents of the newest version, to begin with.',
    request: { params },
    responses: { 200: told, ...refusals(...STAFF, 'box/unknown') },
  }),
  save: createRoute({
    ...base,
    method: 'put',
    path: '/admin/boxes/{boxId}/draft',
    operationId: 'saveBoxDraft',
    summary: 'Saves the draft',
    description: 'With the revision that was changed. When it is another one by now nothing is saved: `box/state`.',
    request: { params, ...jsonBody(saveDraft, { revision: 2, contents }) },
    responses: { 200: told, ...refusals(...STAFF, 'box/unknown', 'box/state') },
  }),
  discard: createRoute({
    ...base,
    method: 'delete',
    path: '/admin/boxes/{boxId}/draft',
    operationId: 'discardBoxDraft',
    summary: 'Throws the draft away',
    description: 'A box that was never published is gone then; its id may be used again.',
    request: { params, query: z.object({ revision: z.coerce.number().int().min(1) }) },
    responses: { 204: { description: 'It is gone.' }, ...refusals(...STAFF, 'box/unknown', 'box/state') },
  }),
  versions: createRoute({
    ...base,
    method: 'get',
    path: '/admin/boxes/{boxId}/versions',
    operationId: 'listBoxVersions',
    summary: 'Every version ever published, newest first',
    request: { params, query: page(z.string().regex(/^[0-9]{1,9}$/)) },
    responses: {
      200: json(versionPage.meta({ id: 'BoxVersionPage' }), 'None of them ever changes.', {
        versions: [
          {
            id: 'garden-shed',
            version: 1,
            hash: HASH,
            returnToPlayer: 0.92,
            publishedAt: 1_760_000_000_000,
            ...contents,
          },
        ],
        next: null,
      }),
      ...refusals(...STAFF, 'box/unknown'),
    },
  }),
} as const

export const shelfRoutes = {
  publish: createRoute({
    ...base,
    method: 'post',
    path: '/admin/boxes/{boxId}/publish',
    operationId: 'publishBox',
    summary: 'Publishes the draft as the next version, at once or at a time',
    description:
      'It has to be fit, and a report on exactly this draft has to agree: otherwise `box/not-fit` with all issues. What is to be ' +
      'published at a time is taken as it stands now; the draft may change meanwhile. A retired box is on offer again by it.',
    parameters: [IDEMPOTENCY_KEY],
    request: { params, ...jsonBody(publishDraft, { revision: 3 }) },
    responses: { 200: stands, ...refusals(...COMMAND, 'box/unknown', 'box/state', 'box/not-fit') },
  }),
  retire: createRoute({
    ...base,
    method: 'post',
    path: '/admin/boxes/{boxId}/retire',
    operationId: 'retireBox',
    summary: 'Takes a box off the shelf, at once or at a time',
    description: 'New battles and openings of it are refused; those under way, and the proofs of all, go on.',
    parameters: [IDEMPOTENCY_KEY],
    request: { params, ...jsonBody(retireBox, {}) },
    responses: { 200: stands, ...refusals(...COMMAND, 'box/unknown', 'box/state') },
  }),
  unschedule: createRoute({
    ...base,
    method: 'delete',
    path: '/admin/boxes/{boxId}/schedule',
    operationId: 'unscheduleBox',
    summary: 'Takes back the times at which it was to be published and retired',
    parameters: [IDEMPOTENCY_KEY],
    request: { params },
    responses: { 200: stands, ...refusals(...COMMAND, 'box/unknown') },
  }),
  beginReport: createRoute({
    ...base,
    method: 'post',
    path: '/admin/boxes/{boxId}/report',
    operationId: 'beginBoxReport',
    summary: 'Works out the odds of the draft, and simulates millions of openings',
    description:
      'The exact figures are there at once. The openings are drawn in a thread of their own for some seconds; ask for the report ' +
      'meanwhile. A report that agrees is kept and answered; one that does not, or that was cut off, is drawn anew.',
    request: { params },
    responses: {
      202: json(boxReport.meta({ id: 'BoxReport' }), 'Begun, under way, or there already.', report),
      ...refusals(...STAFF, 'box/unknown', 'box/not-fit', 'server/busy'),
    },
  }),
  report: createRoute({
    ...base,
    method: 'get',
    path: '/admin/boxes/{boxId}/report',
    operationId: 'getBoxReport',
    summary: 'The report on exactly the draft as it stands',
    request: { params },
    responses: {
      200: json(z.object({ report: boxReport.nullable() }), 'Null: none was asked for.', { report }),
      ...refusals(...STAFF, 'box/unknown'),
    },
  }),
  export: createRoute({
    ...base,
    method: 'get',
    path: '/admin/boxes/export',
    operationId: 'exportBoxes',
    summary: 'All boxes on offer as a file',
    responses: {
      200: json(
        boxFile.meta({ id: 'BoxFile' }),
        'What the import takes, here or elsewhere.',
        boxFileOf([{ id: 'garden-shed', ...contents }]),
      ),
      ...refusals(...STAFF),
    },
  }),
  import: createRoute({
    ...base,
    method: 'post',
    path: '/admin/boxes/import',
    operationId: 'importBoxes',
    summary: 'Drafts all boxes of a file, or none',
    description:
      'When one of them has an error nothing is drafted: `box/not-fit`. What is the same already stays as it is.',
    request: jsonBody(importBoxes, { file: boxFileOf([{ id: 'garden-shed', ...contents }]), dryRun: true }),
    responses: {
      200: json(imported.meta({ id: 'Imported' }), 'What was done, or would be.', {
        saved: false,
        boxes: [{ id: 'garden-shed', change: 'changed', issues: [issue] }],
      }),
      ...refusals(...STAFF, 'box/not-fit', 'box/state'),
    },
  }),
} as const
