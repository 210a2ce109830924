import type { TenantId } from '../schema/account.ts'

/** How much of one node a partner may use at once and in a time, over all its keys. */
export type PartnerQuota = Readonly<{
  connections_max: number
  /** Signed calls a minute, those that open a socket among them. */
  requests_per_minute: number
  /** Events of its feeds a second, over all connections; past them the feeds wait. */
  messages_per_s: number
}>

/** How far a partner has come: `review` still plays in the sandbox, and of a `suspended` one no call is taken. */
export const partnerStages = ['sandbox', 'review', 'production', 'suspended'] as const
export type PartnerStage = (typeof partnerStages)[number]

/** A partner as a checked signature says. It sees the tenant that the key opens and nothing else; `sandbox`: that of its test data. */
export type Partner = Readonly<{
  id: string
  name: string
  tenant: TenantId
  sandbox: boolean
  key: string
  quota: PartnerQuota
}>

/** What was signed, as it arrived: `path` with its query, `body` empty where there is none. */
export type SignedRequest = Readonly<{
  method: string
  path: string
  headers: Readonly<Record<string, string | undefined>>
  body: Uint8Array
}>

/** An API key as it is shown, once. */
export type NewPartnerKey = Readonly<{ id: string; secret: string }>

/** Which partner is calling. The same check for sockets and HTTP. */
export interface PartnerAccess {
  /**
   * Checks key, time, signature, quota and nonce, in this order: what is not the partner's uses up nothing of it. Throws
   * `partner/key-missing`, `partner/key-unknown`, `partner/stale`, `partner/signature`, `partner/quota` with the seconds to
   * wait, or `partner/replayed`. The key of a suspended partner is not known.
   */
  authenticate(request: SignedRequest): Promise<Partner>
  /** What is left of the partner's calls this minute on this node, and after how many seconds all of them are there again. */
  quotaLeft(partner: Partner): Readonly<{ limit: number; remaining: number; reset_s: number }>
  /** Whether this key has been good and has not ended, as this node knows it. */
  isLive(key: string): boolean
  /** Calls `listen` with the id of every key that has ended, on whichever node, within 5 s. Returns how to stop. */
  onEnded(listen: (key: string) => void): () => void
}
