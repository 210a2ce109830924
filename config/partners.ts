import { whole, type Setting } from './setting.ts'

/** Calls to the wallets of partners that keep their users' money themselves. */
export const partnerSettings = {
  PARTNER_WALLET_TIMEOUT_MS: whole(
    2000,
    'ms',
    [50, 60_000],
    'What a wallet may take for an answer. After that nobody knows whether it took the money, and it is asked to roll back.',
  ),
  PARTNER_WALLET_CALLS: whole(
    32,
    'calls',
    [1, 10_000],
    'To one wallet at once from one node: one that hangs holds up nobody else.',
  ),
  PARTNER_WALLET_SETTLE_MS: whole(
    30_000,
    'ms',
    [1000, 3_600_000],
    'An opening that was begun and not finished within this long, as after a crash, is rolled back.',
  ),
  PARTNER_WALLET_BACKOFF_MS: whole(
    1000,
    'ms',
    [10, 600_000],
    'The first wait before a rollback or credit is sent again, doubled each time up to five minutes, for as long as it takes.',
  ),
} as const satisfies Readonly<Record<string, Setting<unknown>>>
