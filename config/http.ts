import { whole } from './setting.ts'

/** The edge of the HTTP services: how much and how often. */
export const httpSettings = {
  GUESTS_PER_MINUTE: whole(
    600,
    'guests',
    [1, 1_000_000],
    'New guests from one address: each one costs the faucet its credits.',
  ),
  ATTEMPTS_PER_MINUTE: whole(
    100,
    'requests',
    [1, 10_000_000],
    'Sign-ins, sign-ups, resets and refreshes from one address: more is a machine that guesses.',
  ),
  REQUESTS_PER_MINUTE: whole(
    6000,
    'requests',
    [1, 10_000_000],
    'HTTP requests from one address before it gets 429 and Retry-After.',
  ),
  USER_REQUESTS_PER_MINUTE: whole(
    1000,
    'requests',
    [1, 10_000_000],
    'HTTP requests of one user over all nodes before they get 429 and Retry-After; a page that is played on makes some 60.',
  ),
  COMMANDS_PER_MINUTE: whole(
    600,
    'requests',
    [1, 10_000_000],
    'Requests of one user that change something, before they get 429 and Retry-After.',
  ),
  BODY_BYTES_MAX: whole(65_536, 'bytes', [1024, 16_777_216], 'The largest request body; ours stay below 8 KiB.'),
  SECRET_BODY_BYTES_MAX: whole(
    8192,
    'bytes',
    [1024, 1_048_576],
    'The largest body of a sign-in and its like, which anybody may send: a few words.',
  ),
  BULK_BODY_BYTES_MAX: whole(
    1_048_576,
    'bytes',
    [1024, 67_108_864],
    'The largest body where much comes in one go: imported boxes with thousands of prizes, events for analytics.',
  ),
}
