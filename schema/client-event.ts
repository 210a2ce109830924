import { z } from 'zod'
import type { TenantId } from './account.ts'

/** What pages and partners' widgets tell of how they are used: words and numbers, nothing that names anybody. */

/** Events of one request. */
const BATCH_MAX = 100
const PROPERTIES_MAX = 16
/** How long ago an event may have happened when it is told, and how far a client's clock may be ahead. */
export const CLIENT_EVENT_LATE_MS = 7 * 86_400_000
export const CLIENT_EVENT_EARLY_MS = 300_000

const type = z.string().regex(/^[a-z][a-z0-9._-]{0,47}$/, 'a type is a word of small letters, digits, dots and dashes')
const key = z.string().regex(/^[a-z][A-Za-z0-9_]{0,31}$/, 'a key is a word of up to 32 letters, digits and _')
// No blank and no @: neither a name nor a mail address nor a sentence fits in.
const word = z.string().regex(/^[A-Za-z0-9._:/-]{0,64}$/, 'a text is one word of up to 64 characters, without blanks')

export const clientEvent = z.strictObject({
  id: z.uuid().describe('made by the client; told again with it, an event counts once'),
  type,
  at: z.int().min(0).describe('unix ms by the client’s clock: at most 7 days ago'),
  properties: z
    .record(key, z.union([z.boolean(), z.number(), word]))
    .refine((properties) => Object.keys(properties).length <= PROPERTIES_MAX, `at most ${PROPERTIES_MAX} properties`)
    .default({}),
})
export type ClientEvent = z.output<typeof clientEvent>

export const clientEvents = z.strictObject({ events: z.array(clientEvent).min(1).max(BATCH_MAX) })
export type TellClientEvents = z.input<typeof clientEvents>

export const clientEventsStored = z.object({ stored: z.int().describe('how many were not known yet') })

const day = z.iso.date()
export const clientEventQuery = z.object({ from: day, to: day, type: type.optional() })
export type ClientEventQuery = z.output<typeof clientEventQuery>

export const clientEventDay = z.object({
  day: z.string(),
  type: z.string(),
  events: z.int(),
  users: z.int().describe('who told any of them'),
})
/** What was told of one type on one day of UTC. */
export type ClientEventDay = z.infer<typeof clientEventDay>
export const clientEventDays = z.object({ days: z.array(clientEventDay) })

/** Where such events are kept for some months. Two stores do it, and answer the same. */
export interface ClientEvents {
  /**
   * Keeps each event once, by the user and its id on its day; of two with one id the first. Resolves when they are on disk, with
   * how many were new. Throws `server/busy` when too many wait.
   */
  record(whose: Readonly<{ tenant: TenantId; user: string }>, events: readonly ClientEvent[]): Promise<number>
  /** By day, then by type. */
  summary(tenant: TenantId, query: ClientEventQuery): Promise<readonly ClientEventDay[]>
  /** Forgets events of days that are over for longer than they are kept; the sums of these days stay. */
  dropOld(): Promise<void>
  /** Resolves when nothing waits any more. */
  close(): Promise<void>
}
