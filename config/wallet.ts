import { list, oneOf, url, whole, type Setting } from './setting.ts'

/** Money in and out. */
export const walletSettings = {
  PAYMENT_PROVIDER: oneOf(
    'sandbox',
    ['none', 'sandbox'],
    'Who moves money outside; the sandbox moves none, stands on this machine and behaves like one that does.',
  ),
  PAYMENT_SANDBOX_PORT: whole(
    0,
    'TCP port',
    [0, 65_535],
    'Where the sandbox listens, on 127.0.0.1; 0 takes any free one.',
  ),
  PAYMENT_SANDBOX_URL: url(['http', 'https'], 'How browsers reach the sandbox; empty is on this machine.'),
  PAYMENT_ASSETS: {
    ...list({
      unit: 'assets',
      item: /^[A-Z][A-Z0-9]{1,15}$/,
      allowed: 'real moneys',
      why: 'What can be paid in and out.',
    }),
    default: ['USD'],
  },
  PAYMENT_MIN: whole(100, 'smallest units', [1, 1_000_000_000], 'Less costs more to move than it is.'),
  PAYMENT_MAX: whole(1_000_000, 'smallest units', [1, 1_000_000_000_000], 'Of one payment: 10,000.00.'),
  PAYMENTS_OPEN_PER_USER: whole(
    20,
    'payments',
    [1, 10_000],
    'Begun and not decided: more is somebody who plays with the form.',
  ),
  PAYMENT_EXPIRY_S: whole(3600, 's', [10, 604_800], 'A payment that nobody has made by then gives its limit back.'),
  PAYMENT_ASK_S: whole(
    20,
    's',
    [1, 3600],
    'When nothing was heard of a payment for this long its provider is asked, then after twice as long each time.',
  ),
  PAYMENT_KEPT_DAYS: whole(180, 'days', [1, 3650], 'Refunds and charge-backs may come for this long.'),
  WITHDRAWAL_REVIEW_ABOVE: whole(
    50_000,
    'smallest units',
    [0, 1_000_000_000_000],
    'A larger one is looked at by a person.',
  ),
  WITHDRAWALS_PER_DAY: whole(3, 'withdrawals', [0, 1000], 'Of one user within 24 hours; the next one is looked at.'),
  WITHDRAWAL_DAY_MAX: whole(
    100_000,
    'smallest units',
    [0, 1_000_000_000_000],
    'Of one user and money within 24 hours; what goes beyond is looked at.',
  ),
} as const satisfies Readonly<Record<string, Setting<unknown>>>
