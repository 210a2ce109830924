import { boxSettings } from './config/boxes.ts'
import { analyticsSettings } from './config/analytics.ts'
import { bridgeSettings } from './config/bridge.ts'
import { feedSettings } from './config/feed.ts'
import { httpSettings } from './config/http.ts'
import { partnerSettings } from './config/partners.ts'
import { personSettings } from './config/persons.ts'
import { marketSettings } from './config/market.ts'
import { walletSettings } from './config/wallet.ts'
import { key, list, oneOf, onOff, text, url, whole, type Setting } from './config/setting.ts'

/**
 * Every setting there is, by the name of its environment variable. A new one is a row here: the program reads it as
 * `config.<name in small letters>`, `npm run config` lists it, and a bad value is refused with its unit and range.
 */
export const settings = {
  PORT: whole(3000, 'TCP port', [0, 65_535], 'One port serves pages, API and sockets; 0 takes any free one.'),
  HOST: text('0.0.0.0', 'address', 'Where to listen; 127.0.0.1 hides the server from the network.'),
  PUBLIC_ADDRESS: text(
    '',
    'host[:port][/path]',
    'How browsers reach this node, or the balancer before all of them; needed as soon as there are two: a seat may be on the other one.',
  ),
  TRUSTED_PROXIES: list({
    unit: 'addresses',
    item: /^[0-9a-f.:]+(\/\d{1,3})?$/i,
    allowed: 'IP addresses or CIDR ranges',
    why: 'Only these may say for whom they forward; anyone else could put any client address into a header.',
  }),

  DATABASE_URL: url(
    ['postgres', 'postgresql'],
    'The Postgres that holds the ledger; empty starts our own in DATA_DIR.',
  ),
  DATABASE_CONNECTIONS_MAX: whole(20, 'connections', [2, 500], 'More than a few per core only queue inside Postgres.'),
  REDIS_URL: url(
    ['redis', 'rediss'],
    'Where nodes tell each other at once what they commit and list their rooms; a node alone needs none.',
  ),
  DATA_DIR: text('.data', 'folder', 'Where the embedded Postgres, its password and the generated keys live.'),
  SECRET_KEY: key('Signs tokens and encrypts seeds at rest; empty makes one in DATA_DIR, all nodes must share it.'),
  LOG_LEVEL: oneOf('info', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'How much the log says.'),

  DEMO_BOTS: whole(5, 'bots', [0, 100], 'Bots that battle on play money, so that lobby and feed move from the start.'),
  REVEAL_MS: whole(3500, 'ms', [0, 60_000], 'Time a round is shown: long enough for the reel to spin and be read.'),
  FAST_REVEAL_MS: whole(
    1200,
    'ms',
    [1, 60_000],
    'Time a round of a fast battle is shown: a short spin for those who play many rounds.',
  ),
  BATTLE_WAIT_S: whole(
    900,
    's',
    [1, 86_400],
    'An open battle is cancelled and refunded after this long without a full table.',
  ),
  ENTROPY: oneOf(
    'chain',
    ['chain', 'drand'],
    'What decides battles: our own hash chain, or drand, which nobody can know ahead and real money needs.',
  ),
  DRAND_URL: list({
    unit: 'URLs',
    item: /^https?:\/\/[^\s,]+$/,
    allowed: 'URLs that begin with http:// or https://',
    why: 'Relays of drand, asked in this order; empty is those of the network, and none is trusted.',
  }),
  ENTROPY_PERIOD_MS: whole(
    1000,
    'ms',
    [10, 60_000],
    'How often the embedded hash chain reveals its next public value.',
  ),
  FAUCET_CREDITS: whole(
    100_000,
    'smallest units',
    [0, 100_000_000],
    'Play credits of a new guest: 1,000.00, worth nothing real.',
  ),

  TOKEN_TTL_S: whole(900, 's', [5, 86_400], 'An access token that leaks is of use for this long at most.'),
  TOKEN_KEY_DAYS: whole(
    30,
    'days',
    [1, 3650],
    'How long one key signs access tokens: one that leaked unseen is of use for this long at most.',
  ),
  REFRESH_TTL_S: whole(
    2_592_000,
    's',
    [60, 31_536_000],
    'A browser that comes back within 30 days is still the same guest.',
  ),
  PASSWORD_MEMORY_KIB: whole(
    19_456,
    'KiB',
    [1024, 4_194_304],
    'Memory of one password hash (argon2id); a hash made with less is renewed at the next sign-in.',
  ),
  PASSWORD_PASSES: whole(2, 'passes', [1, 100], 'How often that memory is gone over.'),
  PASSWORDS_AT_ONCE: whole(1, 'hashes', [1, 64], 'A storm of sign-ins may take this many threads from battles.'),
  PASSWORDS_WAITING_MAX: whole(
    200,
    'sign-ins',
    [0, 100_000],
    'About 10 s of work: past it callers hear "busy" at once.',
  ),
  MAIL_URL: {
    ...url(
      ['smtp', 'smtps'],
      'The mail server; without one letters are kept for a day and `npm run mails` shows them.',
    ),
    secret: true,
  },
  MAIL_FROM: text('RollingDrop <no-reply@localhost>', 'address', 'Whom letters are from.'),
  OIDC_NAME: text('provider', 'word', 'How the provider below is called in addresses and on its button.'),
  OIDC_ISSUER: url(['https', 'http'], 'An OpenID Connect provider people may sign in with; empty is none.'),
  OIDC_CLIENT_ID: text('', 'id', 'Who we are to that provider.'),
  OIDC_CLIENT_SECRET: { ...text('', 'secret', 'What proves it to that provider.'), secret: true },
  SITE_URL: url(['http', 'https'], 'Where links in letters lead; empty is this node.'),

  PARTNER_CONNECTIONS: whole(
    20,
    'sockets',
    [0, 100_000],
    'Open feeds of one partner on one node, unless it has a quota of its own: four topics for five of its machines.',
  ),
  PARTNER_REQUESTS_PER_MINUTE: whole(
    600,
    'requests',
    [1, 10_000_000],
    'Signed calls of one partner to one node, unless it has a quota of its own, before it gets 429 and Retry-After.',
  ),
  PARTNER_EVENTS_PER_SECOND: whole(
    5000,
    'events',
    [1, 1_000_000],
    'What one partner is told by one node over all its feeds, unless it has a quota of its own; what is more waits.',
  ),
  PARTNER_KEY_OVERLAP_S: whole(
    86_400,
    's',
    [0, 31_536_000],
    'How long a rotated API key is still good: a working day to bring the new one everywhere.',
  ),

  MESSAGES_PER_SECOND: whole(
    30,
    'messages',
    [1, 10_000],
    'What one socket may say; a hand on a mouse stays far below.',
  ),
  MESSAGE_BYTES_MAX: whole(
    4096,
    'bytes',
    [64, 65_536],
    'The longest honest command, 50 boxes by id, is under half of it.',
  ),

  BATTLES_PER_USER: whole(50, 'battles', [1, 100_000], 'Open battles of one creator; a lobby is for everyone.'),
  ROOMS_PER_NODE: whole(
    10_000,
    'battles',
    [1, 1_000_000],
    'Battles in memory, about 300 MB, before newcomers are sent elsewhere; what a dead node leaves is taken all the same.',
  ),
  SPECTATORS_PER_BATTLE: whole(
    10_000,
    'sockets',
    [1, 1_000_000],
    'Sockets that watch one battle; its players always find room.',
  ),
  SOCKETS_PER_USER: whole(
    50,
    'sockets',
    [1, 10_000],
    'Open sockets of one user on one node: a dozen tabs and devices.',
  ),
  SESSION_LOG_DAYS: whole(
    30,
    'days',
    [1, 3650],
    'What happened to a user waits this long to be seen; the ledger must not be archived sooner.',
  ),
  PLAIN_SOCKETS_MAX: whole(
    20_000,
    'connections',
    [1, 1_000_000],
    'Plain sockets and event streams of one node: what is read slowly costs up to 300 KiB each.',
  ),
  PLAIN_SOCKETS_PER_ADDRESS: whole(
    5000,
    'connections',
    [1, 1_000_000],
    'Of these from one client address: behind one of a mobile network there are thousands.',
  ),
  SOCKET_LIFE_MS: whole(
    10_000,
    'ms',
    [100, 600_000],
    'A plain socket that answers no ping for this long, or twice as long at most, is closed.',
  ),

  MAILBOX_COMMANDS_MAX: whole(
    1000,
    'commands',
    [1, 100_000],
    'Commands that may wait for one battle; past it a caller hears "overloaded" at once.',
  ),
  ...httpSettings,

  ...personSettings,

  ...boxSettings,

  ...feedSettings,

  LEDGER_QUEUE_OUTCOMES_MAX: whole(
    50_000,
    'outcomes',
    [1, 1_000_000],
    'About 4 s of work: past it callers hear "overloaded" at once.',
  ),
  LEDGER_QUEUE_BYTES_MAX: whole(
    67_108_864,
    'bytes',
    [65_536, 1_073_741_824],
    'Large outcomes fill memory before they fill the count.',
  ),
  LEDGER_BATCH_OUTCOMES_MAX: whole(
    512,
    'outcomes',
    [1, 10_000],
    'Past this a batch gains little and makes its callers wait longer.',
  ),
  LEDGER_LANES: whole(2, 'connections', [1, 16], 'One batch may be decided while another one is at its fsync.'),

  ...partnerSettings,

  NODE_LEASE_MS: whole(1200, 'ms', [200, 60_000], 'A node silent for this long is taken for dead; its actors move.'),
  NODE_BEAT_MS: whole(240, 'ms', [50, 10_000], 'Five beats fit a lease, so one lost beat kills nobody.'),

  ...marketSettings,

  ...walletSettings,

  ...bridgeSettings,

  ...analyticsSettings,

  DEV_PAGES: onOff(false, 'Pages come from source and reload by themselves; `npm run dev` sets it.'),
} as const satisfies Readonly<Record<string, Setting<unknown>>>

type Settings = typeof settings

/** What the program reads: `config.reveal_ms` is the value of `REVEAL_MS`. */
export type Config = Readonly<{
  [K in keyof Settings as Lowercase<K>]: Settings[K] extends Setting<infer T> ? T : never
}>

/** One or more values that are not allowed; the message names each with its unit and what would be allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads all settings; an empty variable counts as not set.
 * @throws ConfigError that names every bad value at once
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const problems: string[] = []
  const entries = Object.entries(settings).map(([name, setting]: [string, Setting<unknown>]) => {
    const given = env[name]
    if (given === undefined || given === '') return [name.toLowerCase(), setting.default]
    const read = setting.type.safeParse(given)
    if (!read.success) {
      const value = setting.secret ? 'its value' : JSON.stringify(given)
      problems.push(`${name} (${setting.unit}): ${value} is not allowed; it must be ${setting.type.description}`)
    }
    return [name.toLowerCase(), read.data]
  })
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  return Object.fromEntries(entries) as Config
}

/** `loadConfig` for programs: a bad value is said on stderr and ends the process with exit code 1. */
export function loadConfigOrExit(): Config {
  try {
    return loadConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\nnpm run config lists every setting.\n`)
    return process.exit(1)
  }
}
