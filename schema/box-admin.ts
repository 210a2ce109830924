import { z } from 'zod'
import { isAsset } from './asset.ts'
import { PRIZES_MAX, rarities, WEIGHT_SUM_MAX } from './box.ts'
import { boxVersion, decimal } from './http.ts'

/** An amount as a draft holds it: digits without a sign or leading zeros, below 10^18. */
const draftAmount = z.string().regex(/^(0|[1-9][0-9]{0,17})$/)

/** A box's id for good: it stands in addresses, battles and events. */
export const boxId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,47}$/)
  .describe('small letters, digits and hyphens')

/** Text that every store and reader takes: no control characters, no half of a pair. */
const line = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'no control characters')

const draftPrize = z.strictObject({
  sku: line(79),
  name: line(60),
  rarity: z.enum(rarities),
  value: draftAmount.describe('in smallest units of the box’s money'),
  weight: z.int().min(0).max(WEIGHT_SUM_MAX),
  stock: draftAmount.optional().describe('how many of it there will ever be; left out: no limit'),
})
export type DraftPrize = z.infer<typeof draftPrize>

/** What a version will hold. A draft need not be fit to be published; `issues` says what is missing. */
export const boxContents = z.strictObject({
  name: line(60),
  asset: z
    .string()
    .max(40)
    .refine((text) => isAsset(text) && !/(^|:)(item|slot|ticket|budget|wagered):/.test(text), 'this is no money'),
  price: draftAmount,
  prizes: z.array(draftPrize).max(PRIZES_MAX),
})
export type BoxContents = z.infer<typeof boxContents>

export const boxIssue = z.object({
  path: z.string().describe('`prizes.3.weight`; empty: the box as a whole'),
  level: z.enum(['error', 'warning']).describe('errors keep it from being published'),
  message: z.string(),
})
export type BoxIssue = z.infer<typeof boxIssue>

const unixMs = z.int().min(0).max(8_640_000_000_000_000)
export const boxStanding = z.object({
  id: boxId,
  state: z.enum(['draft', 'offered', 'retired']).describe('draft: never published'),
  version: z.int().nullable().describe('the newest one'),
  hash: z.string().nullable(),
  publishAt: unixMs.nullable().describe('unix ms at which a version is published by itself'),
  retireAt: unixMs.nullable(),
})
export type BoxStanding = z.infer<typeof boxStanding>

export const boxListed = boxStanding.extend({
  name: z.string(),
  asset: z.string(),
  price: decimal,
  returnToPlayer: z.number().nullable().describe('null while nothing can be drawn'),
  prizes: z.int(),
  revision: z.int().describe('of the draft; 0: never drafted'),
  drafted: z.boolean().describe('a draft waits to be published; then name, price and return are its own'),
})
export type BoxListed = z.infer<typeof boxListed>
export const boxPage = z.object({ boxes: z.array(boxListed), next: z.string().nullable() })
export type BoxPage = z.infer<typeof boxPage>

export const newBox = z.strictObject({ id: boxId, contents: boxContents })
export const saveDraft = z.strictObject({
  revision: z.int().min(0).describe('of the draft that was changed; another one by now: `box/state`'),
  contents: boxContents,
})
export const boxDraft = z.object({
  id: boxId,
  revision: z.int(),
  saved: z.boolean().describe('false: there is no draft; these are the contents of the newest version'),
  contents: boxContents,
  hash: z.string().describe('of these contents; a report holds for exactly them'),
  issues: z.array(boxIssue),
  standing: boxStanding,
  bounds: z.object({ min: z.number(), max: z.number() }).describe('what the return to player has to lie within'),
})
export type BoxDraft = z.infer<typeof boxDraft>

const at = unixMs.optional().describe('unix ms; left out: now')
export const publishDraft = z.strictObject({ revision: z.int().min(1), at })
export const retireBox = z.strictObject({ at })

export const adminVersion = boxVersion.extend({
  hash: z.string(),
  returnToPlayer: z.number(),
  publishedAt: unixMs,
})
export type AdminVersion = z.infer<typeof adminVersion>
export const versionPage = z.object({ versions: z.array(adminVersion), next: z.string().nullable() })
export type VersionPage = z.infer<typeof versionPage>

const FORMAT = 'rollingdrop/boxes/1'
/** Boxes at most in one file. */
export const IMPORT_BOXES_MAX = 500
const filedBox = boxContents.extend({ id: boxId })
export const boxFile = z.strictObject({
  format: z.literal(FORMAT),
  boxes: z
    .array(filedBox)
    .max(IMPORT_BOXES_MAX)
    .refine((boxes) => new Set(boxes.map(({ id }) => id)).size === boxes.length, 'a box stands there twice'),
})
export type BoxFile = z.infer<typeof boxFile>
export const boxFileOf = (boxes: BoxFile['boxes']): BoxFile => ({ format: FORMAT, boxes })
export const importBoxes = z.strictObject({
  file: boxFile,
  dryRun: z.boolean().default(false).describe('true: says what would be done, and does nothing'),
})
export const imported = z.object({
  saved: z.boolean(),
  boxes: z.array(z.object({ id: boxId, change: z.enum(['new', 'changed', 'same']), issues: z.array(boxIssue) })),
})
export type Imported = z.infer<typeof imported>

const share = z.number().describe('0 … 1')
/** What follows from the contents alone, exactly; numbers are rounded only at the very end. */
export const houseEdge = z.object({
  expectedValue: z
    .object({ numerator: z.string(), denominator: z.string() })
    .describe('of one opening in smallest units, as a fraction in lowest terms'),
  returnToPlayer: z.number(),
  houseEdge: z.number().describe('1 − return to player'),
  deviation: z.number().describe('standard deviation of one opening’s worth, in smallest units'),
  worthwhile: share.describe('chance that an opening gives at least the price'),
  prizes: z.array(z.object({ sku: z.string(), chance: share, returned: share.describe('of the expected value') })),
  rarities: z.array(z.object({ rarity: z.enum(rarities), chance: share, returned: share })),
  houseLoses: z
    .array(z.object({ openings: z.int(), chance: share }))
    .describe('chance that the house has lost after so many openings, by the normal approximation'),
})
export type HouseEdge = z.infer<typeof houseEdge>

export const simulation = z.object({
  draws: z.int(),
  returnToPlayer: z.number(),
  sigmas: z.number().describe('by how many standard errors that differs from the exact one'),
  worst: z.object({ sku: z.string(), sigmas: z.number() }).nullable().describe('the prize whose count differs most'),
  histogram: z
    .array(z.object({ from: z.number(), to: z.number().nullable(), expected: share, seen: share }))
    .describe('by worth / price; `from` is included, `to` is not'),
  running: z
    .array(z.object({ draws: z.int(), returnToPlayer: z.number(), low: z.number(), high: z.number() }))
    .describe('the return after so many draws, and where 95 % of all runs are then'),
  agrees: z.boolean().describe('both lie within 5 standard errors; only then it may be published'),
})
export type Simulation = z.infer<typeof simulation>

export const boxReport = z.object({
  id: boxId,
  hash: z.string(),
  state: z.enum(['running', 'done', 'broken']).describe('broken: whoever drew has stopped; ask for it anew'),
  seed: z.string().describe('of the simulation; AES-256-CTR under it gives the same draws again'),
  draws: z.int(),
  drawn: z.int(),
  exact: houseEdge,
  simulation: simulation.nullable(),
})
export type BoxReport = z.infer<typeof boxReport>
