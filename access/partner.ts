import type { TenantId } from '../schema/account.ts'

/** How much of one node a partner may use at once and in a time, over all its keys. */
export type PartnerQuota = Readonly<{
  connections_max: number
  /** Signed calls a minute, those that open a socket among them. */
  requests_per_minute: number
  /** Events of its feeds a second, over all connections; past them the feeds wait. */
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
   * Checks key, time, signature, quota and nonce, in this order: what is not the partner's uses up nothing of it. Throws
   * `partner/key-missing`, `partner/key-unknown`, `partner/stale`, `partner/signature`, `partner/quota` with the seconds to
   * wait, or `partner/replayed`.
   */
  authenticate(request: SignedRequest): Promise<Partner>
  /** Whether this key has been good and has not ended, as this node knows it. */
  isLive(key: string): boolean
  /** Calls `listen` with the id of every key that has ended, on whichever node, within 5 s. Returns how to stop. */
  onEnded(listen: (key: string) => void): () => void
}
