import type { Logger } from 'pino'
import { createBreaker, type Breaker } from '../../access/breaker.ts'
import type { Outbound } from '../../access/outbound.ts'
import { walletContext } from '../../access/partners/book.ts'
import { signRequest } from '../../access/partners/signature.ts'
import type { Sealer } from '../../access/seal.ts'
import type { TenantId } from '../../schema/account.ts'
import { walletAnswer, type WalletCall } from '../../schema/partner-wallet.ts'

/** Where a partner's wallet is called, and what with. */
export type WalletAddress = Readonly<{ tenant: TenantId; url: string; sealed_secret: string }>

/** `unknown`: whether the wallet has done it cannot be said. */
export type WalletReply =
  | Readonly<{ type: 'ok'; balances: readonly Readonly<{ asset: string; balance: string }>[] | undefined }>
  | Readonly<{ type: 'refused' }>
  | Readonly<{ type: 'unknown' }>

type Parts = Readonly<{
  outbound: Pick<Outbound, 'post'>
  sealer: Sealer
  clock: () => number
  log: Pick<Logger, 'warn'>
  settings: WalletSettings
}>

export type WalletSettings = Readonly<{ timeout_ms: number; at_once_max: number }>

const ANSWER_BYTES_MAX = 16_384
/** So many calls that failed in a row, and the wallet is left alone for this long. */
const FAILURES = 10
const REST_MS = 2_000
const WAITING_PER_CALL = 8

/** Calls to partners' wallets: signed, within a time, each partner behind a breaker of its own. */
export class WalletClient {
  readonly #parts: Parts
  readonly #breakers = new Map<TenantId, Breaker>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Whether calls to this wallet are let through at all. */
  isResting({ tenant }: Pick<WalletAddress, 'tenant'>): boolean {
    return this.#breakers.get(tenant)?.state === 'open'
  }

  /** Never throws: what goes wrong on the way is `unknown`, and logged. */
  async call(wallet: WalletAddress, call: WalletCall): Promise<WalletReply> {
    try {
      return await this.#breakerOf(wallet.tenant).run((signal) => this.#post(wallet, call, signal))
    } catch (err) {
      this.#parts.log.warn({ err, tenant: wallet.tenant, action: call.action }, 'a partner’s wallet gave no answer')
      return { type: 'unknown' }
    }
  }

  async #post(
    { tenant, url, sealed_secret }: WalletAddress,
    { action, ...message }: WalletCall,
    signal: AbortSignal,
  ): Promise<WalletReply> {
    const { outbound, sealer, clock, settings } = this.#parts
    const target = new URL(`${url.replace(/\/$/, '')}/${action}`)
    const body = JSON.stringify(message)
    const key = { id: tenant, secret: sealer.open(sealed_secret, walletContext(tenant)) }
    const signed = signRequest(key, { method: 'POST', path: target.pathname + target.search, body }, clock())
    const answer = await outbound.post({
      url: target.href,
      body,
      headers: { 'content-type': 'application/json', ...signed },
      timeout_ms: settings.timeout_ms,
      signal,
      answer_bytes_max: ANSWER_BYTES_MAX,
    })
    // Whatever is not the answer of a wallet, as of a proxy before it, says nothing about the money.
    if (answer.status !== 200) throw new Error(`the wallet answered ${answer.status}`)
    const read = walletAnswer.parse(JSON.parse(answer.body))
    return read.status === 'ok' ? { type: 'ok', balances: read.balances } : { type: 'refused' }
  }

  #breakerOf(tenant: TenantId): Breaker {
    const known = this.#breakers.get(tenant)
    if (known) return known
    const { timeout_ms, at_once_max } = this.#parts.settings
    const breaker = createBreaker({
      name: 'the wallet of the partner',
      timeout_ms,
      at_once_max,
      waiting_max: at_once_max * WAITING_PER_CALL,
      failures: FAILURES,
      rest_ms: REST_MS,
    })
    this.#breakers.set(tenant, breaker)
    return breaker
  }
}
