import { z } from 'zod'

/** What the staff sees of people and of itself, and what people see and say of themselves. */

const roleName = z.enum(['player', 'support', 'admin', 'partner-admin'])
const at = z.number().describe('unix ms')
const decimal = z.string().regex(/^-?[0-9]{1,19}$/)

export const userSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string().nullable(),
  guest: z.boolean(),
  roles: z.array(roleName),
  createdAt: at,
  frozen: z.boolean().describe('by the staff: their money goes nowhere'),
  erased: z.boolean(),
})
export type UserSummary = z.infer<typeof userSummary>
export const userPage = z.object({
  users: z.array(userSummary),
  next: z.string().nullable().describe('cursor of the next page; null on the last one'),
})
export type UserPage = z.infer<typeof userPage>

export const act = z.object({
  seq: decimal,
  at,
  by: z.string().describe('id of the user, or `console` for a script on the machine'),
  action: z.string(),
  object: z.string().describe('`user:<id>`, `payment:<id>` …'),
  before: z.unknown(),
  after: z.unknown(),
})
export type ActEntry = z.infer<typeof act>
export const actPage = z.object({ acts: z.array(act), next: z.string().nullable() })
export type ActPage = z.infer<typeof actPage>
/** What a list of acts may be narrowed to; times in unix ms. */
export type ActQuery = Readonly<{
  by?: string | undefined
  action?: string | undefined
  object?: string | undefined
  from?: number | undefined
  until?: number | undefined
  cursor?: string | undefined
  limit?: number | undefined
}>

export const userRecord = z.object({
  user: userSummary,
  secondFactor: z.boolean(),
  sessions: z.array(z.object({ id: z.uuid(), device: z.string().nullable(), createdAt: at })).describe('not ended'),
  balances: z.array(z.object({ asset: z.string(), balance: decimal, held: decimal, frozen: z.boolean() })),
  debts: z.array(z.object({ asset: z.string(), owed: decimal })),
  acts: z.array(act).describe('the last ones that were done to them'),
})
export type UserRecord = z.infer<typeof userRecord>

export const roleChange = z.strictObject({
  add: z.array(roleName).max(4).default([]),
  remove: z.array(roleName).max(4).default([]),
})
export type RoleChange = z.output<typeof roleChange>
export const rolesNow = z.object({ roles: z.array(roleName) })
export const frozenNow = z.object({ frozen: z.boolean() })
export const erasedNow = z.object({ erased: z.literal(true) })

export const preferences = z.strictObject({
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'a language such as en or pt-BR')
    .default('en'),
  sound: z.boolean().default(true),
  marketingMail: z.boolean().default(false).describe('whether news may be sent to the account’s address'),
  showName: z.boolean().default(true).describe('false: others see a label instead of the name, from the next token on'),
})
export type Preferences = z.output<typeof preferences>

export const exported = z
  .object({
    at,
    account: z.record(z.string(), z.unknown()).describe('rows by table: what is kept of a person, but no secrets'),
    balances: z.array(z.object({ asset: z.string(), balance: decimal, held: decimal })),
    statement: z.array(z.record(z.string(), z.unknown())).describe('every transfer, newest first'),
    events: z.array(z.record(z.string(), z.unknown())).describe('all that was recorded of the person, oldest first'),
  })
  .describe('a person’s own data; it is streamed, and may be long')
export const exportExample: z.infer<typeof exported> = {
  at: 1_790_000_000_000,
  account: { app_user: [{ name: 'Ann' }], person: [{ email: 'ann@example.org' }] },
  balances: [{ asset: 'play:CREDIT', balance: '100000', held: '0' }],
  statement: [{ seq: '12', n: 0, kind: 'guest.welcome', asset: 'play:CREDIT', amount: '100000', balance: '100000' }],
  events: [{ seq: '12', type: 'faucet.granted', at_ms: 1_790_000_000_000, payload: {} }],
}
