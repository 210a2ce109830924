import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Sealer } from '../access/seal.ts'
import type { Config } from '../config.ts'
import { toAsset } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { WalletSettings } from '../wallet/parts.ts'
import { openSandbox, type Sandbox } from '../wallet/sandbox/open.ts'
import { siteOf } from './accounts.ts'
import type { Cleanup } from './cleanup.ts'
import type { Payments } from './economy.ts'

type Parts = Readonly<{ config: Config; cleanup: Cleanup; log: Pick<Logger, 'warn'>; clock: () => number }>

const DAY_MS = 86_400_000

/** Who moves money in and out on this node, as the settings say. */
export async function openPayments(
  { config, cleanup, log, clock }: Parts,
  pool: Pool,
  sealer: Sealer,
  url: string,
): Promise<Payments> {
  const settings = walletConfig(config)
  if (config.payment_provider === 'none') return { settings }
  const { provider, close } = await openSandbox({
    pool,
    clock,
    secret: sandboxSecret(sealer),
    notify: () => `${url}/payments/webhooks/sandbox`,
    back: siteOf(config, url),
    port: config.payment_sandbox_port,
    url: config.payment_sandbox_url.replace(/\/+$/, ''),
    failed: (error) => log.warn({ err: error }, 'the sandbox of payments'),
  })
  cleanup.add('payments', close)
  return { provider, settings }
}

/** The provider of the settings, for a tool that asks it and tells nobody. Throws `payment/unavailable` where there is none. */
export async function openPaymentTool(config: Config, pool: Pool, sealer: Sealer): Promise<Sandbox> {
  if (config.payment_provider === 'none') throw new RollingDropError('payment/unavailable')
  const failed = (error: unknown): void => console.error(error)
  const quiet = { notify: () => '', back: '', port: 0, url: '', clock: Date.now, failed }
  return openSandbox({ pool, secret: sandboxSecret(sealer), ...quiet })
}

/** What every node's sandbox, and whoever speaks to one, share. */
const sandboxSecret = (sealer: Pick<Sealer, 'word'>): string => sealer.word('payments-sandbox')

function walletConfig(config: Config): WalletSettings {
  return {
    money: config.payment_assets.map(toAsset),
    min: BigInt(config.payment_min),
    max: BigInt(config.payment_max),
    open_max: config.payments_open_per_user,
    expiry_ms: config.payment_expiry_s * 1000,
    ask_ms: config.payment_ask_s * 1000,
    kept_ms: config.payment_kept_days * DAY_MS,
    review: {
      amount_max: BigInt(config.withdrawal_review_above),
      daily_count_max: config.withdrawals_per_day,
      daily_amount_max: BigInt(config.withdrawal_day_max),
    },
  }
}
