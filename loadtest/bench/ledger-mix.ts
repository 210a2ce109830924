import { hash } from 'node:crypto'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import type { OwnerId } from '../../schema/account.ts'
import type { Outcome, Transfer } from '../../schema/outcome.ts'
import { uuidv7 } from '../../schema/uuid.ts'

/** Which accounts the outcomes touch: any; with the house as a side of each; or 30 % of them on ten hot accounts. */
export type Spread = 'uniform' | 'house' | 'hot'

export const USERS = 10_000
export const ESCROWS = 2_000
const HOT_ACCOUNTS = 10
const HOT_SHARE = 0.3

const join = {
  kind: 'battle.join',
  payload: { battle: '018f3c5e-7c1a-7e31-9d3e-6f1f2a3b4c5d', seat: 1, user: '018f3c5e-7c1a' },
}
const settle = {
  kind: 'battle.settle',
  payload: {
    battle: '018f3c5e-7c1a-7e31-9d3e-6f1f2a3b4c5d',
    mode: 'standard',
    pot: '123400',
    winners: [0],
    drops: [
      ['0', '1', 'emerald-blade', '1250'],
      ['1', '0', 'copper-ring', '90'],
    ],
  },
}
const open = {
  kind: 'box.open',
  payload: { box: 'starter', user: '018f3c5e-7c1a', sku: 'emerald-blade', value: '1250' },
}

/** A request digest: what it is a digest of makes no difference here. */
const REQUEST = hash('sha256', 'bench', 'hex')

/** The next outcome of the mix join : settle : open = 6 : 1 : 3, of 1, 7 and 2 legs. */
export function nextOutcome(spread: Spread): Outcome {
  const turn = Math.random() * 10
  if (turn < 6) return outcome(join, [leg(user(spread), spread === 'house' ? 'house:main' : escrow(), 100n)])
  if (turn < 7) return outcome(settle, settlement(spread))
  const player = user(spread)
  const other = spread === 'house' ? 'house:main' : different(player, spread)
  return outcome(open, [leg(player, other, 250n), leg(other, player, 120n)])
}

function settlement(spread: Spread): Transfer[] {
  const from = spread === 'house' ? 'house:main' : escrow()
  return [700n, 60n, 50n, 40n, 30n, 20n, 10n].map((amount) => leg(from, user(spread), amount))
}

function outcome(
  { kind, payload }: Readonly<{ kind: string; payload: Record<string, unknown> }>,
  transfers: Transfer[],
): Outcome {
  return { id: uuidv7(), kind, tenant: 'main', request: REQUEST, transfers, events: [{ type: 'money.moved', payload }] }
}

function leg(debit: OwnerId, credit: OwnerId, amount: bigint): Transfer {
  return { asset: PLAY_CREDIT, debit, credit, amount: toAmount(amount) }
}

function user(spread: Spread): OwnerId {
  const hot = spread === 'hot' && Math.random() < HOT_SHARE
  return `user:${below(hot ? HOT_ACCOUNTS : USERS)}`
}

function different(player: OwnerId, spread: Spread): OwnerId {
  for (;;) {
    const other = user(spread)
    if (other !== player) return other
  }
}

const escrow = (): OwnerId => `escrow:${below(ESCROWS)}`
const below = (n: number): number => Math.floor(Math.random() * n)

/** Outcomes that give every account of the mix enough for any run. */
export function* funding(): Generator<Outcome> {
  const rich = 1_000_000_000_000n
  for (let i = 0; i < USERS; i++) yield outcome(open, [leg('faucet:play', `user:${i}`, rich)])
  for (let i = 0; i < ESCROWS; i++) yield outcome(open, [leg('faucet:play', `escrow:${i}`, rich)])
  yield outcome(open, [leg('faucet:play', 'house:main', rich)])
}
