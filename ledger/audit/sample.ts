import { createHash } from 'node:crypto'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import type { ActorStep, HoldStep, Outcome, Transfer } from '../../schema/outcome.ts'
import { derivedId, uuidv7, type OutcomeId } from '../../schema/uuid.ts'
import type { Ledger } from '../ledger.ts'

/** What a sample ledger holds, by name: the actors of its battles, and a hold. */
export type Sample = Readonly<{ settled: string; cancelled: string; open: string; held: OutcomeId }>

/** An outcome in few words, for tests. */
export function outcome(
  kind: string,
  part: Partial<Pick<Outcome, 'id' | 'transfers' | 'holds' | 'actor' | 'freezes' | 'events'>>,
): Outcome {
  const { id = uuidv7(), transfers = [], events = [{ type: 'money.moved', payload: { kind } }], ...rest } = part
  const request = createHash('sha256').update(kind).digest('hex')
  return { id, kind, tenant: 'main', request, transfers, events, ...rest }
}

export function pay(debit: string, credit: string, amount: bigint): Transfer {
  return { asset: PLAY_CREDIT, debit, credit, amount: toAmount(amount) }
}

/** Commits one of everything: payments, holds of each fate, a frozen account, a settled, a cancelled and an open battle. */
export async function commitSample(ledger: Ledger): Promise<Sample> {
  const users = ['ann', 'bob', 'cat', 'dan']
  await Promise.all(
    users.map((user) => ledger.commit(outcome('grant', { transfers: [pay('faucet:play', `user:${user}`, 1_000n)] }))),
  )
  const settled = await battle(ledger, 'battle.settled')
  const cancelled = await battle(ledger, 'battle.cancelled')
  const open = await battle(ledger, undefined)
  const held = await commitHolds(ledger)
  await ledger.commit(outcome('freeze', { freezes: [{ owner: 'user:dan', asset: PLAY_CREDIT, frozen: true }] }))
  for (let i = 0; i < 5; i++)
    await Promise.all(
      [1n, 2n, 3n].map((n) => ledger.commit(outcome('pay', { transfers: [pay('user:ann', 'user:bob', n)] }))),
    )
  return { settled, cancelled, open, held }
}

/** Two players; what follows is as the game would commit it. */
async function battle(ledger: Ledger, end: 'battle.settled' | 'battle.cancelled' | undefined): Promise<string> {
  const id = uuidv7()
  const battleActor = `battle-${id}`
  const escrow = `escrow:battle-${id}`
  const state = (seats: readonly (object | null)[]) => JSON.stringify({ asset: PLAY_CREDIT, price: '50', seats })
  const actor = (version: number, seats: readonly (object | null)[]): ActorStep => ({
    id: battleActor,
    kind: 'battle',
    epoch: 0,
    version,
    state: state(seats),
  })
  const join = (version: number, user: string, seats: readonly (object | null)[]) =>
    ledger.commit(
      outcome('battle.join', {
        id: derivedId(id, `version ${version}`),
        actor: actor(version, seats),
        transfers: [pay(`user:${user}`, escrow, 50n)],
        events: [{ type: 'battle.joined', payload: { battle: id, user } }],
      }),
    )
  await join(0, 'ann', [{ user: 'ann' }, null])
  if (end !== 'battle.cancelled') await join(1, 'bob', [{ user: 'ann' }, { user: 'bob' }])
  if (end === undefined) return battleActor
  const version = end === 'battle.settled' ? 2 : 1
  const paid = end === 'battle.settled' ? pay(escrow, 'house:main', 100n) : pay(escrow, 'user:ann', 50n)
  await ledger.commit(
    outcome('battle.end', {
      id: derivedId(id, 'end'),
      actor: { ...actor(version, [{ user: 'ann' }, { user: 'bob' }]), finished: true },
      transfers: [paid],
      events: [{ type: end, payload: { battle: id } }],
    }),
  )
  return battleActor
}

/** One hold posted in part, one voided, one that stays open. */
async function commitHolds(ledger: Ledger): Promise<OutcomeId> {
  const [posted, voided, open] = [uuidv7(), uuidv7(), uuidv7()]
  const place = (hold: OutcomeId, expires_at_ms: number | null): HoldStep => ({
    type: 'place',
    hold,
    ...pay('user:cat', 'house:main', 100n),
    expires_at_ms,
  })
  await ledger.commit(outcome('hold', { holds: [place(posted, null), place(voided, null)] }))
  await ledger.commit(outcome('hold', { holds: [place(open, Date.now() + 3_600_000)] }))
  await ledger.commit(outcome('post', { holds: [{ type: 'post', hold: posted, amount: toAmount(60n) }] }))
  await ledger.commit(outcome('void', { holds: [{ type: 'void', hold: voided }] }))
  return open
}
