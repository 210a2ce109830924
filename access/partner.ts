import type { TenantId } from '../schema/account.ts'

/** How much of us a partner may use at once and in a time. */
export type PartnerQuota = Readonly<{
  connections_max: number
  /** HTTP requests per minute. */
  requests_per_minute: number
  /** Messages of a feed a second, over all connections; past them the feed waits. */
  messages_per_s: number
}>

/** A partner as a checked signature says. It sees its own tenant and nothing else. */
export type Partner = Readonly<{ id: string; name: string; tenant: TenantId; key: string; quota: PartnerQuota }>

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
   * Checks key, signature, time and nonce. Throws `partner/key-missing`, `partner/key-unknown`, `partner/signature`,
   * `partner/stale` or `partner/replayed`.
   */
  authenticate(request: SignedRequest): Promise<Partner>
  /** Calls `listen` with the id of every key that has ended, on whichever node, within 5 s. Returns how to stop. */
  onEnded(listen: (key: string) => void): () => void
}
