import { z } from 'zod'
import { boxItems, decimal } from './http.ts'
import { OPENED_AT_ONCE_MAX, opened, openingProof } from './opening.ts'
import { partnerName } from './partner.ts'

/** What partners and those who let them in say over HTTP. Amounts are decimal strings in smallest units. */

/** Parts of ten thousand. */
const basisPoints = z.int().min(0).max(10_000).describe('parts of ten thousand: 250 is 2.5 %')
export const commissionRule = z.strictObject({
  of: z
    .enum(['price', 'revenue'])
    .describe('revenue: the price less the value of what came out; a loss carries nothing'),
  basisPoints,
})
/** What a partner earns of each opening of its users. */
export type CommissionRule = z.infer<typeof commissionRule>

/** A partner earned something of an opening, in the same outcome. */
export type CommissionPosted = Readonly<{
  partner: string
  opening: string
  of: CommissionRule['of']
  basisPoints: number
  asset: string
  /** What the basis points are of. */
  base: string
  amount: string
}>

/** Money of a partner's user came from the partner (`in`) or went back to it (`out`). */
export type FundsMoved = Readonly<{ user: string; asset: string; amount: string; direction: 'in' | 'out' }>

export const worldName = z.enum(['sandbox', 'production'])
export type WorldName = z.infer<typeof worldName>
const stage = z.enum(['sandbox', 'review', 'production', 'suspended'])

/** Its tenants are the name, and the name with `-sandbox`. */
export const newPartner = z.strictObject({
  name: partnerName.max(22).describe('2 to 22 small letters, digits and hyphens, a letter first'),
  email: z.email().max(254).describe('of the first who looks after the partner'),
})
export const partnerQuota = z.strictObject({
  connections: z.int().min(0).max(1_000_000).exactOptional(),
  requestsPerMinute: z.int().min(1).max(10_000_000).exactOptional(),
  eventsPerSecond: z.int().min(1).max(1_000_000).exactOptional(),
})

export const partnerWorld = z.object({
  world: worldName,
  tenant: z.string(),
  domains: z.array(z.string()),
  wallet: z.object({ mode: z.enum(['ours', 'seamless']), url: z.string().nullable() }),
})
export const partnerView = z.object({
  name: z.string(),
  stage,
  worlds: z.array(partnerWorld),
  commission: z.object({ of: z.enum(['price', 'revenue']), basisPoints: z.int() }),
  quota: z
    .object({
      connections: z.int().nullable(),
      requestsPerMinute: z.int().nullable(),
      eventsPerSecond: z.int().nullable(),
    })
    .describe('null: as every partner'),
  createdAt: z.number(),
})
export type PartnerView = z.infer<typeof partnerView>
export const partnerPage = z.object({ partners: z.array(partnerView), next: z.string().nullable() })
export const madePartner = z.object({
  partner: partnerView,
  invitation: z.string().describe('shown once, good for an hour: POST /auth/reset sets the password by it'),
})

/** Keys, as their partner sees them. */
export const partnerKey = z.object({
  id: z.string(),
  world: worldName,
  createdAt: z.number(),
  endsAt: z.number().nullable().describe('null: until somebody ends it'),
})
export const newPartnerKey = z.object({ id: z.string(), secret: z.string().describe('shown for this command only') })
export const addKey = z.strictObject({
  endOthersAfter: z
    .int()
    .min(0)
    .max(2_592_000)
    .exactOptional()
    .describe('seconds after which the other keys of this world end; left out: they stay'),
})

/** An origin as browsers send it: scheme, host and, where it is not the usual one, port. */
const origin = z
  .string()
  .max(255)
  .refine((text) => URL.parse(text)?.origin === text && /^https?:/.test(text), 'an origin such as https://shop.example')
export const DOMAINS_MAX = 50
export const partnerDomains = z.strictObject({ domains: z.array(origin).max(DOMAINS_MAX) })

export const walletChoice = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('ours') }),
  z.strictObject({ mode: z.literal('seamless'), url: z.string().max(2000) }),
])
export type WalletChoice = z.infer<typeof walletChoice>
export const walletSet = z.object({
  mode: z.enum(['ours', 'seamless']),
  url: z.string().nullable(),
  secret: z.string().nullable().describe('our calls are signed with it; shown for this command only'),
})

export const newWebhook = z.strictObject({
  url: z.string().max(2000),
  types: z.array(z.string().max(64)).max(64).exactOptional(),
})
export const partnerWebhook = z.object({
  id: z.string(),
  url: z.string(),
  types: z.array(z.string()).nullable().describe('null: all that partners are told'),
  disabled: z.string().nullable().describe('why nothing is sent any more'),
  lag: decimal.describe('events of the cell after the last one that was looked at for it'),
  failures: z.int(),
  lastError: z.string().nullable(),
  dead: z.int().describe('deliveries that were given up'),
})
export const madeWebhook = z.object({ id: z.string(), secret: z.string().describe('shown for this command only') })

/** The signed API, about the partner's own users. */
export const externalId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/)
  .describe('the partner’s own id of a user: 1 to 128 letters, digits and . _ : @ -')
export const newPartnerUser = z.strictObject({ externalId })
export const partnerUserMade = z.object({
  externalId: z.string(),
  user: z.string().describe('our id of them, as in events'),
})
export const partnerUser = partnerUserMade.extend({
  balances: z.array(z.object({ asset: z.string(), balance: decimal, held: decimal })),
  items: z.array(z.object({ asset: z.string(), count: decimal })),
  totals: z
    .array(z.object({ asset: z.string(), wagered: decimal, level: z.int() }))
    .describe('all they have ever paid for boxes and battles'),
  wallet: z
    .array(z.object({ asset: z.string(), balance: decimal }))
    .nullable()
    .describe('what your own wallet says; null where their money lies with us, or it does not answer'),
})
export const moveFunds = z.strictObject({
  direction: z.enum(['in', 'out']).describe('in: you owe us for it; out: we owe you'),
  asset: z.string().max(40).describe('money, such as `USD` or `play:CREDIT`'),
  amount: z.string().regex(/^[1-9][0-9]{0,17}$/),
})
export type MoveFunds = z.infer<typeof moveFunds>
export const fundsMoved = moveFunds.extend({ id: z.string(), balance: decimal })
export type FundsReceipt = z.infer<typeof fundsMoved>

const hex64 = z.string().regex(/^[0-9a-f]{64}$/)
export const partnerOpenBox = z.strictObject({
  user: externalId,
  box: z.string().min(1).max(64),
  count: z.int().min(1).max(OPENED_AT_ONCE_MAX).default(1),
  boxHash: hex64.exactOptional().describe('of the contents you have shown: opened is that version, or nothing'),
  clientSeed: hex64
    .exactOptional()
    .describe('with the first opening of a user: the seed their pair begins with; left out, we make one'),
})
export type PartnerOpenBox = z.output<typeof partnerOpenBox>
export const partnerOpened = opened.omit({ balance: true }).extend({
  user: externalId,
  commission: decimal.describe('what you have earned of it, in the asset it was paid with'),
  balance: decimal.nullable().describe('of the money it was paid with, right after it; null where it lies with you'),
})
export type PartnerOpened = z.infer<typeof partnerOpened>
export const partnerOpening = z.object({ user: externalId.nullable(), proof: openingProof })
export const partnerBoxes = z.object({ boxes: z.array(boxItems) })

/** Months and days are those of UTC. */
const month = z
  .string()
  .regex(/^20[0-9]{2}-(0[1-9]|1[0-2])$/)
  .describe('such as `2026-11`')
export const statementQuery = z.object({ month })
export const STATEMENT_LINES_MAX = 1000
export const statementLinesQuery = z.object({
  month,
  cursor: z
    .string()
    .regex(/^[0-9]{1,19}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(STATEMENT_LINES_MAX).default(100),
})
export const statementSum = z.object({
  asset: z.string(),
  openings: z.int(),
  gross: decimal.describe('what users paid'),
  paidOut: decimal.describe('the value of what came out'),
  commission: decimal.describe('what you have earned'),
  net: decimal.describe('gross less paidOut less commission; negative where users won more'),
  fundsIn: decimal.describe('what came in from you for your users'),
  fundsOut: decimal.describe('what went back to you'),
})
export const statement = z.object({ tenant: z.string(), month: z.string(), sums: z.array(statementSum) })
export type Statement = z.infer<typeof statement>
export const statementDays = z.object({
  tenant: z.string(),
  month: z.string(),
  days: z.array(statementSum.extend({ day: z.string() })),
})
export type StatementDays = z.infer<typeof statementDays>
export const statementLine = z.object({
  seq: decimal,
  at: z.number(),
  opening: z.string(),
  user: z.string(),
  box: z.string(),
  count: z.int(),
  asset: z.string(),
  gross: decimal,
  paidOut: decimal,
  commission: decimal,
})
export type StatementLine = z.infer<typeof statementLine>
export const statementLines = z.object({ lines: z.array(statementLine), next: z.string().nullable() })
