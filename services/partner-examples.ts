const OPENING = '0199aa00-5b1e-7c3a-9d2f-4e8b6a7c1d20'
const USER = '0199aaaa-ac96-774b-bcce-b302099a8057'
const HASH = '6f1a4c0d9b2e8f7a35c4d1e0b9a8f7e6d5c4b3a291807f6e5d4c3b2a19080706'
const PAIR = '0199aa00-0000-7000-8000-000000000000'
const PRIZE = { sku: 'lucky-penny', name: 'Lucky Penny', rarity: 'common', value: '120', weight: 100 }
const BOX = { id: 'pocket-change', version: 1, name: 'Pocket Change', asset: 'play:CREDIT', price: '250' }
const DROP = { nonce: 0, sku: 'lucky-penny', name: 'Lucky Penny', rarity: 'common', value: '120' }
const PAYOUT = { asset: 'play:item:lucky-penny', amount: '1' }
const DRAWN = { seeds: PAIR, seedHash: HASH, clientSeed: HASH }
const FUNDS = { direction: 'in', asset: 'USD', amount: '5000' }
const SUM = {
  asset: 'USD',
  openings: 12,
  gross: '12000',
  paidOut: '10800',
  commission: '300',
  net: '900',
  fundsIn: '20000',
  fundsOut: '5000',
}
const MONTH = { tenant: 'acme', month: '2026-11' }
const LINE = { opening: OPENING, user: USER, box: 'pocket-change', count: 1, asset: 'USD' }

const PARTNER = {
  name: 'acme',
  stage: 'sandbox',
  worlds: [
    { world: 'sandbox', tenant: 'acme-sandbox', domains: [], wallet: { mode: 'ours', url: null } },
    { world: 'production', tenant: 'acme', domains: ['https://shop.example'], wallet: { mode: 'ours', url: null } },
  ],
  commission: { of: 'price', basisPoints: 250 },
  quota: { connections: null, requestsPerMinute: 6000, eventsPerSecond: null },
  createdAt: 1_790_000_000_000,
}

/** What the routes of partners are asked and answer, as the document shows it. */
export const examples = {
  boxes: {
    boxes: [{ ...BOX, hash: HASH, expectedValue: '225', returnToPlayer: 0.9, prizes: [{ ...PRIZE, chance: 1 }] }],
  },
  externalId: { externalId: 'customer-42' },
  userMade: { externalId: 'customer-42', user: USER },
  user: {
    externalId: 'customer-42',
    user: USER,
    balances: [{ asset: 'play:CREDIT', balance: '99750', held: '0' }],
    items: [{ asset: 'play:item:lucky-penny', count: '1' }],
    totals: [{ asset: 'play:CREDIT', wagered: '250', level: 0 }],
    wallet: null,
  },
  tokens: {
    user: { id: USER, name: 'Brave Otter 12', guest: false },
    token: 'eyJ…',
    refreshToken: 'pX3…',
    expiresAt: 1_790_000_900_000,
  },
  funds: FUNDS,
  fundsMoved: { ...FUNDS, id: OPENING, balance: '5000' },
  openBox: { user: 'customer-42', box: 'pocket-change', count: 1 },
  opened: {
    user: 'customer-42',
    opening: OPENING,
    box: 'pocket-change',
    boxHash: HASH,
    asset: 'play:CREDIT',
    price: '250',
    ...DRAWN,
    drops: [DROP],
    payouts: [PAYOUT],
    commission: '6',
    balance: '99750',
  },
  opening: {
    user: 'customer-42',
    proof: {
      algorithm: 'rollingdrop/opening/1',
      opening: OPENING,
      user: USER,
      ...DRAWN,
      serverSeed: null,
      box: { ...BOX, prizes: [PRIZE] },
      boxHash: HASH,
      asset: 'play:CREDIT',
      price: '250',
      drops: [{ nonce: 0, sku: 'lucky-penny', value: '120' }],
      payouts: [PAYOUT],
    },
  },
  statement: { ...MONTH, sums: [SUM] },
  days: { ...MONTH, days: [{ day: '2026-11-21', ...SUM }] },
  lines: {
    lines: [{ seq: '18236', at: 1_790_000_000_000, ...LINE, gross: '1000', paidOut: '900', commission: '25' }],
    next: null,
  },
  newPartner: { name: 'acme', email: 'ann@shop.example' },
  partner: PARTNER,
  partners: { partners: [PARTNER], next: null },
  madePartner: { partner: PARTNER, invitation: 'Zx9…43 characters' },
  commission: { of: 'price', basisPoints: 250 },
  quota: { requestsPerMinute: 6000 },
  keys: [{ id: 'acme-7k2m9xqp', world: 'sandbox', createdAt: 1_790_000_000_000, endsAt: null }],
  addKey: { endOthersAfter: 86_400 },
  newKey: { id: 'acme-7k2m9xqp', secret: 'wXq0vL3hT8nR2bY6cF9kJ1mP4sD7gZ5aE0uI3oW6xVQ' },
  domains: { domains: ['https://shop.example'] },
  wallet: { mode: 'seamless', url: 'https://wallet.shop.example/rollingdrop' },
  walletSet: { mode: 'seamless', url: 'https://wallet.shop.example/rollingdrop', secret: 'pQ8…43 characters' },
  newWebhook: { url: 'https://shop.example/hooks', types: ['opening.opened'] },
  madeWebhook: { id: OPENING, secret: 'whsec_…' },
  webhooks: [
    {
      id: OPENING,
      url: 'https://shop.example/hooks',
      types: ['opening.opened'],
      disabled: null,
      lag: '0',
      failures: 0,
      lastError: null,
      dead: 0,
    },
  ],
} as const
