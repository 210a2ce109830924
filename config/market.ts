import { whole, type Setting } from './setting.ts'

/** What users sell each other. */
export const marketSettings = {
  MARKET_FEE_BPS: whole(
    500,
    'hundredths of a percent',
    [0, 9999],
    'Of every sale, kept by the house; a listing keeps the fee it was opened with.',
  ),
  MARKET_PRICE_MIN: whole(1, 'smallest units', [1, 1_000_000_000], 'The lowest price that can be asked or offered.'),
  MARKET_PRICE_MAX: whole(
    100_000_000,
    'smallest units',
    [1, 1_000_000_000_000],
    'The highest one: a slip of the finger stays harmless.',
  ),
  MARKET_OFFERS_PER_USER: whole(
    100,
    'offers',
    [1, 100_000],
    'Open listings, orders and trades of one user, each counted by itself.',
  ),
  MARKET_EXPIRY_S: whole(
    2_592_000,
    's',
    [60, 31_536_000],
    'A listing or an order that says nothing else ends after this long.',
  ),
  TRADE_EXPIRY_S: whole(86_400, 's', [60, 2_592_000], 'A trade that says nothing else ends after this long.'),
  TRADE_CONFIRM_ABOVE: whole(
    10_000,
    'cents',
    [0, 1_000_000_000],
    'Trades and gifts of real things worth more need a fresh proof of who one is.',
  ),
} as const satisfies Readonly<Record<string, Setting<unknown>>>
