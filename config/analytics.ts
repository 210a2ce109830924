import { whole, type Setting } from './setting.ts'

/** What analysts are shown, and when something looks like fraud. */
export const analyticsSettings = {
  ANALYTICS_PACE_MS: whole(
    5000,
    'ms',
    [0, 60_000],
    'Sums in Postgres are brought up to date this often: one row a user and time span, which four times a second costs openings half their rate.',
  ),
  CLIENT_EVENT_DAYS: whole(
    90,
    'days',
    [8, 3650],
    'What pages told of their use is kept this long; the sums of each day stay.',
  ),
  CLIENT_EVENT_BATCHES_PER_MINUTE: whole(
    60,
    'requests',
    [1, 100_000],
    'Of one user, each with up to 100 events: a page tells every few seconds.',
  ),
  CLIENT_EVENTS_WAITING_MAX: whole(
    20_000,
    'events',
    [100, 1_000_000],
    'Waiting for ClickHouse on one node: past it callers hear "busy" at once.',
  ),
  FRAUD_OPENINGS_PER_MINUTE: whole(
    600,
    'boxes',
    [1, 1_000_000],
    'Opened by one user: a hand opens a hundred at once every ten seconds.',
  ),
  FRAUD_OPENINGS_PER_HOUR: whole(6000, 'boxes', [1, 10_000_000], 'Opened by one user: nobody keeps that up by hand.'),
  FRAUD_OPENINGS_PER_DAY: whole(30_000, 'boxes', [1, 100_000_000], 'Opened by one user.'),
  FRAUD_DEPOSITS_PER_HOUR: whole(10, 'payments', [1, 100_000], 'Paid in by one user: cards are being tried.'),
  FRAUD_DEPOSITS_PER_DAY: whole(30, 'payments', [1, 100_000], 'Paid in by one user.'),
  FRAUD_WITHDRAWALS_PER_HOUR: whole(5, 'payments', [1, 100_000], 'Asked to be paid out by one user.'),
  FRAUD_WITHDRAWALS_PER_DAY: whole(15, 'payments', [1, 100_000], 'Asked to be paid out by one user.'),
  FRAUD_TRADES_PER_MINUTE: whole(30, 'trades', [1, 100_000], 'Bought, sold or traded by one user: a machine.'),
  FRAUD_TRADES_PER_HOUR: whole(300, 'trades', [1, 1_000_000], 'Bought, sold or traded by one user.'),
  FRAUD_TRADES_PER_DAY: whole(2000, 'trades', [1, 10_000_000], 'Bought, sold or traded by one user.'),
  FRAUD_SHARED_DEVICE: whole(3, 'users', [2, 10_000], 'On one device: more than a couple share a phone.'),
  FRAUD_SHARED_ADDRESS: whole(10, 'users', [2, 100_000], 'Behind one address: more than a household has.'),
  FRAUD_SHARED_PAYOUT: whole(2, 'users', [2, 10_000], 'Paid out to one account: it should be each one’s own.'),
  FRAUD_GIVEN: whole(
    10_000,
    'smallest units',
    [1, Number.MAX_SAFE_INTEGER],
    'Given by one user to another before it is looked at: 100.00.',
  ),
} as const satisfies Readonly<Record<string, Setting<unknown>>>
