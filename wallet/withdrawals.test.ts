import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { auditLedger } from '../ledger/audit/audit.ts'
import { newGuest, openTestNode, WALLET_RULES } from '../test/node.ts'
import { newPerson, PASSWORD } from '../test/people.ts'
import { openWalletNode, type Player, type WalletNode } from '../test/wallet.ts'
import { userOwner, wageredOwner } from '../schema/account.ts'
import { wageredAsset } from '../schema/asset.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { give, USD } from '../test/wallet.ts'

let wallet: WalletNode
beforeAll(async () => {
  wallet = await openWalletNode({ ask_ms: 150 })
})
afterAll(async () => {
  expect(await auditLedger({ databaseUrl: wallet.node.url })).toMatchObject({ audit: 'ok' })
  await wallet.close()
})

const judge = (id: string, verdict: 'approve' | 'refuse', key?: string) =>
  wallet.call(wallet.staff, 'POST', `/admin/withdrawals/${id}/${verdict}`, undefined, key)
const rich = async (): Promise<Player> => {
  const ann = await wallet.player()
  await wallet.paid(ann, '100000')
  return ann
}
const play = ({ id }: Player, amount: bigint) =>
  give(wallet, 'issue:wagers', wageredOwner(id), amount, wageredAsset(USD))
const NOTHING_HELD = { held: 0n, owes: 0n, frozen: false }

describe('a withdrawal', () => {
  test('of somebody of the staff is judged by somebody else of it', async () => {
    const ann = await wallet.player()
    await wallet.paid(ann)
    const { body } = await wallet.withdrawn(ann)
    const staff = { id: ann.id, tenant: 'main', name: 'Ann', guest: false, roles: ['player', 'admin'] } as const
    const { token } = await wallet.node.access.signIn(staff)
    for (const verdict of ['approve', 'refuse']) {
      const { status, body: told } = await wallet.call(token, 'POST', `/admin/withdrawals/${body.id}/${verdict}`)
      expect([status, told.code]).toEqual([403, 'auth/forbidden'])
    }
    expect((await judge(body.id, 'refuse')).body.state).toBe('refused')
  })

  test('is held, waits for staff the first time, and is paid once it is approved', async () => {
    const ann = await rich()
    const { body } = await wallet.withdrawn(ann, '1000')
    expect(body).toMatchObject({ direction: 'out', state: 'waiting', amount: '1000', paid: '0' })
    expect(await wallet.money(ann)).toMatchObject({ has: 100_000n, held: 1000n })
    const waiting = await wallet.call(wallet.staff, 'GET', `/admin/withdrawals?user=${ann.id}`)
    expect(waiting.body.payments).toMatchObject([
      { id: body.id, reasons: ['first-withdrawal', 'new-target', 'not-played'] },
    ])
    expect((await judge(body.id, 'approve', 'yes')).body.state).toBe('sending')
    await wallet.stands(ann, body.id, { state: 'paid', paid: '1000' })
    expect(await wallet.money(ann)).toEqual({ ...NOTHING_HELD, has: 99_000n })
    expect((await judge(body.id, 'approve', 'yes')).status).toBe(200)
    expect((await judge(body.id, 'approve')).body.code).toBe('payment/state')
    expect((await judge(body.id, 'refuse')).body.code).toBe('payment/state')
    const acts = await wallet.node.ledger.reader.events({ since: 0n, limit: 1000, tenant: 'main', type: 'staff.acted' })
    expect(acts.map(({ payload }) => payload).filter(({ object }) => object === `payment:${body.id}`)).toMatchObject([
      { action: 'withdrawal.approve', before: { status: 'waiting' }, after: { status: 'sending' } },
    ])
  })

  test('goes by itself when nothing speaks against it', async () => {
    const ann = await rich()
    await play(ann, 100_000n)
    const first = (await wallet.withdrawn(ann, '1000')).body
    await judge(first.id, 'approve')
    await wallet.stands(ann, first.id, { state: 'paid' })
    const second = (await wallet.withdrawn(ann, '50000')).body
    expect(second.state).toBe('sending')
    await wallet.stands(ann, second.id, { state: 'paid', paid: '50000' })
    const elsewhere = (await wallet.withdrawn(ann, '1000', 'another account')).body
    expect(elsewhere.state).toBe('waiting')
    expect(await wallet.money(ann)).toEqual({ has: 49_000n, held: 1000n, owes: 0n, frozen: false })
  })

  test('of many at once all but those within the day’s limit are looked at', async () => {
    const ann = await rich()
    await play(ann, 100_000n)
    const first = (await wallet.withdrawn(ann, '1000')).body
    await judge(first.id, 'approve')
    await wallet.stands(ann, first.id, { state: 'paid' })
    const answers = await Promise.all(Array.from({ length: 8 }, () => wallet.withdrawn(ann, '1000')))
    const states = answers.map(({ body }) => body.state)
    expect(states.filter((state) => state !== 'waiting').length).toBeLessThanOrEqual(2)
    expect(states.filter((state) => state === 'waiting').length).toBeGreaterThanOrEqual(6)
  })

  test('that staff refuses is its user’s again', async () => {
    const ann = await rich()
    const { id } = (await wallet.withdrawn(ann)).body
    expect((await judge(id, 'refuse')).body.state).toBe('refused')
    expect(await wallet.money(ann)).toEqual({ ...NOTHING_HELD, has: 100_000n })
    await wallet.stands(ann, id, { state: 'refused', paid: '0' })
  })

  test('that the provider cannot pay is its user’s again', async () => {
    const ann = await rich()
    const { id } = (await wallet.withdrawn(ann, '1000', 'FAIL 1234')).body
    await judge(id, 'approve')
    await wallet.stands(ann, id, { state: 'failed', paid: '0' })
    expect(await wallet.money(ann)).toEqual({ ...NOTHING_HELD, has: 100_000n })
  })

  test('is sent again and again to a provider that does not answer, and paid once', async () => {
    const ann = await rich()
    const { id } = (await wallet.withdrawn(ann, '1000', 'SILENT 1234')).body
    await judge(id, 'approve')
    await vi.waitFor(async () => {
      const events = await wallet.node.ledger.reader.events({
        since: 0n,
        limit: 1000,
        tenant: 'main',
        actor: `payment-${id}`,
      })
      expect(events.filter(({ payload }) => Number(payload['asks']) >= 2)).not.toEqual([])
    }, 8_000)
    expect(await wallet.payment(ann, id)).toMatchObject({ state: 'sending' })
    await wallet.happen(id, { type: 'paid-out', delays_ms: [0, 0, 5, 10] })
    await wallet.stands(ann, id, { state: 'paid' })
    expect(await wallet.money(ann)).toEqual({ ...NOTHING_HELD, has: 99_000n })
  })

  test('is held while the provider is down', async () => {
    const ann = await rich()
    const { id } = (await wallet.withdrawn(ann, '1000', 'DOWN 1234')).body
    await judge(id, 'approve')
    await vi.waitFor(() => expect(JSON.stringify(wallet.node.logged)).toContain('payment/unavailable'), 8_000)
    expect(await wallet.payment(ann, id)).toMatchObject({ state: 'sending' })
    expect(await wallet.money(ann)).toMatchObject({ has: 100_000n, held: 1000n })
    // As if its hour had come: the provider pays after all.
    await wallet.happen(id, { type: 'paid-out' }).catch(() => {})
  })

  test('is sent by the next node when the one that held it dies before it is judged', async () => {
    const ann = await rich()
    const { id } = (await wallet.withdrawn(ann)).body
    // What a node leaves that died between holding and judging.
    const { node } = wallet
    const state = JSON.parse((await node.ledger.actors.find(`payment-${id}`))!.state)
    await node.pool.query(`update actor set state = $2, wake_at = now() where id = $1`, [
      `payment-${id}`,
      JSON.stringify({ ...state, status: 'held', reasons: [] }),
    ])
    const other = await openTestNodeOver(wallet)
    try {
      await vi.waitFor(async () => expect(await wallet.payment(ann, id)).toMatchObject({ state: 'waiting' }), 8_000)
    } finally {
      await other()
    }
  })
})

/** Another node over the same database: only its alarms matter. */
async function openTestNodeOver({ node, sandbox }: WalletNode): Promise<() => Promise<void>> {
  const { createWallet } = await import('./wallet.ts')
  const { createSealer } = await import('../access/seal.ts')
  const { Alarms } = await import('../ledger/alarms.ts')
  const failed = (error: unknown) => void node.logged.push(error)
  const second = createWallet({
    ...node,
    signals: { record: () => Promise.resolve() },
    sealer: createSealer(node.secretKey),
    provider: sandbox.provider,
    settings: WALLET_RULES,
    clock: Date.now,
  })
  const alarms = new Alarms({
    pool: node.pool,
    tail: node.tail,
    failed,
    kinds: { payment: (actor, now_ms) => second.ring(actor, now_ms) },
  })
  return () => alarms.close()
}

describe('withdrawing', () => {
  test('wants a fresh proof of who one is, and an identity that was checked', async () => {
    const { token, user } = await newPerson(wallet.node, 'ann@example.org', 'Ann')
    await give(wallet, 'world', userOwner(user.id), 5000n)
    const asked = () => wallet.withdrawn({ id: user.id, token })
    expect((await asked()).body.code).toBe('auth/confirm')
    expect((await wallet.call(token, 'POST', '/auth/confirm', { password: PASSWORD })).status).toBe(200)
    expect((await asked()).body.code).toBe('person/unproven')
    await wallet.call(token, 'PUT', '/person', { birthDate: '1990-02-28', country: 'DE' })
    await wallet.call(wallet.staff, 'PUT', `/admin/users/${user.id}/proof`, { result: 'proven' })
    expect((await asked()).body).toMatchObject({ state: 'waiting' })
  })

  test('of play money, of more than there is, or without a key is refused and leaves nothing behind', async () => {
    const ann = await wallet.player()
    const refused = async (body: object) =>
      (await wallet.call(ann.token, 'POST', '/transactions/withdraw', body)).body.code
    const target = 'DE02 1203'
    expect(await refused({ asset: 'play:CREDIT', amount: '1000', target })).toBe('payment/asset')
    expect(await refused({ asset: 'USD', amount: '1000', target })).toBe('ledger/insufficient')
    expect(await refused({ asset: 'USD', amount: '1000', target: 'with\ncontrol' })).toBe('request/invalid')
    const { rows } = await wallet.node.pool.query('select 1 from sent_to where user_id = $1', [ann.id])
    expect(rows).toEqual([])
    expect((await wallet.call(ann.token, 'GET', '/payments')).body.payments).toEqual([])
  })

  test('the same key at once holds the money once, and its target rests where nobody can read it', async () => {
    const ann = await rich()
    const body = { asset: 'USD', amount: '2000', target: 'DE99 SECRET' }
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => wallet.call(ann.token, 'POST', '/transactions/withdraw', body, 'one')),
    )
    expect(new Set(answers.map((each) => each.body.id)).size).toBe(1)
    expect(await wallet.money(ann)).toMatchObject({ held: 2000n })
    const tables = ['sent_to', 'actor', 'event', 'payment_listing', 'signal', 'idempotency_key']
    for (const table of tables) {
      const { rows } = await wallet.node.pool.query(`select * from ${table} where ${table}::text like '%SECRET%'`)
      expect([table, rows]).toEqual([table, []])
    }
  })

  test('is judged by staff alone, and of another tenant by nobody', async () => {
    const ann = await rich()
    const { id } = (await wallet.withdrawn(ann)).body
    const guest = await newGuest(wallet.node)
    expect((await wallet.call(guest.token, 'POST', `/admin/withdrawals/${id}/approve`)).status).toBe(403)
    expect((await wallet.call(guest.token, 'GET', '/admin/withdrawals')).status).toBe(403)
    expect((await judge(uuidv7(), 'approve')).status).toBe(404)
    const deposit = await wallet.paid(ann)
    expect((await judge(deposit, 'approve')).status).toBe(404)
  })
})

test('without a provider nothing can be paid in or out', async () => {
  const node = await openTestNode()
  try {
    const { token, user } = await newGuest(node)
    await node.pool.query('update session set confirmed_until_ms = $2 where user_id = $1', [
      user.id,
      Date.now() + 60_000,
    ])
    expect((await node.call('GET', '/payments/money')).body.provider).toBe(null)
    for (const path of ['deposit', 'withdraw']) {
      const body = { asset: 'USD', amount: '1000', ...(path === 'withdraw' && { target: 'DE02' }) }
      const answer = await node.call('POST', `/transactions/${path}`, { token, key: path, body })
      expect([answer.status, answer.body.code]).toEqual([503, 'payment/unavailable'])
    }
  } finally {
    await node.close()
  }
})
