import type { PartnerQuota } from '../access/partner.ts'
import type { BoxSettings } from '../catalog/boxes.ts'
import type { Config } from '../config.ts'
import type { OpenEntropyOptions } from '../entropy/open.ts'
import type { GroupCommitLimits } from '../ledger/group-commit.ts'
import type { MarketConfig } from '../market/parts.ts'
import type { PartnerSettings } from '../partners/partners.ts'
import type { RoomsConfig } from '../rooms/host.ts'
import type { PlayRules } from './economy.ts'
import type { ServiceConfig } from '../services/parts.ts'
import { fraudRules } from './analytics.ts'

/** What each part is given of the settings. */
export function ledgerLimits(config: Config): Partial<GroupCommitLimits> {
  return {
    lanes: config.ledger_lanes,
    batch_outcomes_max: config.ledger_batch_outcomes_max,
    queue_outcomes_max: config.ledger_queue_outcomes_max,
    queue_bytes_max: config.ledger_queue_bytes_max,
  }
}

/** What a partner may use of a node unless it has a quota of its own. */
export function partnerQuota(config: Config): PartnerQuota {
  return {
    connections_max: config.partner_connections,
    requests_per_minute: config.partner_requests_per_minute,
    messages_per_s: config.partner_events_per_second,
  }
}

export function roomsConfig(config: Config, databaseUrl: string): RoomsConfig {
  return {
    databaseUrl,
    redisUrl: config.redis_url,
    publicAddress: config.public_address,
    lease_ms: config.node_lease_ms,
    beat_ms: config.node_beat_ms,
    messages_per_second: config.messages_per_second,
    message_bytes_max: config.message_bytes_max,
    mailbox_max: config.mailbox_commands_max,
    rooms_max: config.rooms_per_node,
    spectators_max: config.spectators_per_battle,
    sockets_per_user_max: config.sockets_per_user,
    session_log_days: config.session_log_days,
    trustedProxies: config.trusted_proxies,
    plain: {
      sockets_max: config.plain_sockets_max,
      sockets_per_address_max: config.plain_sockets_per_address,
      life_ms: config.socket_life_ms,
    },
    feed: {
      tick_ms: config.feed_tick_ms,
      recovery_max: config.feed_recovery_max,
      filters_max: config.feed_filters_max,
      skip_bytes: config.feed_skip_bytes,
      slow_bytes: config.feed_slow_bytes,
      slow_ms: config.feed_slow_ms,
    },
  }
}

/** What people may let themselves do with real money, where a tenant says nothing else. */
export function playRules(config: Config): PlayRules {
  return {
    usualRules: { ageMin: config.age_min, countriesBlocked: [...config.countries_blocked], realMoney: true },
    choices: {
      coolOffHours: config.cool_off_hours.map(Number),
      selfExclusionDays: config.self_exclusion_days.map(Number),
    },
  }
}

/** What decides battles. */
export function entropyConfig(config: Config): Pick<OpenEntropyOptions, 'source' | 'drandUrls' | 'period_ms'> {
  return { source: config.entropy, drandUrls: config.drand_url, period_ms: config.entropy_period_ms }
}

/** What may be published, sold and played. */
export function economyRules(
  config: Config,
): Readonly<{ play: PlayRules; boxes: BoxSettings; market: MarketConfig; partnering: PartnerSettings }> {
  const bounds = { min: config.box_return_min_percent / 100, max: config.box_return_max_percent / 100 }
  return {
    play: playRules(config),
    boxes: { bounds, draws: config.box_report_draws },
    market: marketConfig(config),
    partnering: partnerSettings(config),
  }
}

/** What users may ask of each other, and what it costs them. */
export function marketConfig(config: Config): MarketConfig {
  return {
    fee_bps: config.market_fee_bps,
    price_min: BigInt(config.market_price_min),
    price_max: BigInt(config.market_price_max),
    offersPerUser: config.market_offers_per_user,
    expiry_s: config.market_expiry_s,
    tradeExpiry_s: config.trade_expiry_s,
    confirmAbove: BigInt(config.trade_confirm_above),
  }
}

/** How partners' own wallets are called, and what a partner may set up. */
export function partnerSettings(config: Config): PartnerSettings {
  return {
    wallet: { timeout_ms: config.partner_wallet_timeout_ms, at_once_max: config.partner_wallet_calls },
    pace: { settle_ms: config.partner_wallet_settle_ms, backoff_ms: config.partner_wallet_backoff_ms },
    self: { endpoints_max: config.webhooks_per_tenant },
  }
}

export function serviceConfig(config: Config, site: string): ServiceConfig {
  return {
    battleWait_ms: config.battle_wait_s * 1000,
    reveal_ms: config.reveal_ms,
    fastReveal_ms: config.fast_reveal_ms,
    battlesPerUser: config.battles_per_user,
    guestsPerMinute: config.guests_per_minute,
    attemptsPerMinute: config.attempts_per_minute,
    requestsPerMinute: config.requests_per_minute,
    userRequestsPerMinute: config.user_requests_per_minute,
    commandsPerMinute: config.commands_per_minute,
    clientBatchesPerMinute: config.client_event_batches_per_minute,
    fraud: fraudRules(config),
    body_bytes_max: config.body_bytes_max,
    secretBody_bytes_max: config.secret_body_bytes_max,
    bulkBody_bytes_max: config.bulk_body_bytes_max,
    trustedProxies: config.trusted_proxies,
    site,
    dev: config.dev_pages,
  }
}
