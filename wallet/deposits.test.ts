import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { auditLedger } from '../ledger/audit/audit.ts'
import { toJson } from '../schema/json.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { newGuest } from '../test/node.ts'
import { openWalletNode, type WalletNode } from '../test/wallet.ts'
import { eventToJson } from './sandbox/message.ts'
import { signedHeaders } from './sandbox/signature.ts'
import type { ProviderEvent } from './provider.ts'

let wallet: WalletNode
beforeAll(async () => {
  wallet = await openWalletNode()
})
afterAll(async () => {
  expect(await auditLedger({ databaseUrl: wallet.node.url })).toMatchObject({ audit: 'ok' })
  await wallet.close()
})

type Told = Partial<ProviderEvent> & Pick<ProviderEvent, 'type' | 'payment'>

/** Sends a webhook as the provider would, unless told otherwise. */
async function tell(told: Told, { secret = wallet.secret, late_ms = 0, body = '' } = {}): Promise<number> {
  const sent = toJson(eventToJson({ part: told.type, asset: 'USD', amount: 5000n, at_ms: Date.now(), ...told }))
  const headers = signedHeaders(secret, { id: `evt_${uuidv7()}`, body: sent, now_ms: Date.now() - late_ms })
  const init = { method: 'POST', headers, body: body || sent }
  return (await fetch(`${wallet.url}/payments/webhooks/sandbox`, init)).status
}

describe('a deposit', () => {
  test('counts when the provider says it is paid, once for its key, and is told to its user', async () => {
    const ann = await wallet.player()
    const body = { asset: 'USD', amount: '5000' }
    const [first, second] = await Promise.all(
      [1, 2].map(() => wallet.call(ann.token, 'POST', '/transactions/deposit', body, 'same')),
    )
    expect(first!.body).toMatchObject({ direction: 'in', state: 'begun', amount: '5000', paid: '0' })
    expect(second!.body).toEqual(first!.body)
    expect(await wallet.money(ann)).toMatchObject({ has: 0n })
    const { id, url } = first!.body
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/pay\/sb_/)
    await fetch(url, { method: 'POST', body: new URLSearchParams({ act: 'approve' }) })
    await wallet.stands(ann, id, { state: 'paid', paid: '5000', url: null })
    expect(await wallet.money(ann)).toMatchObject({ has: 5000n })
    const history = await wallet.call(ann.token, 'GET', '/transactions/history?kind=deposit.post')
    expect(history.body.entries).toMatchObject([{ kind: 'deposit.post', amount: '5000', payment: id, battle: null }])
    const events = await wallet.node.ledger.reader.events({ since: 0n, limit: 100, tenant: 'main', user: ann.id })
    expect(events.map(({ type }) => type).filter((type) => /payment|deposit/.test(type))).toEqual([
      'payment.begun',
      'deposit.posted',
    ])
    const list = await wallet.call(ann.token, 'GET', '/payments')
    expect(list.body).toMatchObject({ payments: [{ id, state: 'paid' }], next: null })
  })

  test('that is declined, or that the provider will not take, ends and gives its limit back', async () => {
    const ann = await wallet.player()
    const limit = await wallet.call(ann.token, 'PUT', '/limits/deposit/USD', { amount: '6000' })
    expect(limit.status).toBe(200)
    const declined = await wallet.begun(ann)
    const over = await wallet.call(ann.token, 'POST', '/transactions/deposit', { asset: 'USD', amount: '5000' })
    expect([over.status, over.body.code]).toEqual([403, 'limit/exceeded'])
    await wallet.happen(declined, { type: 'failed' })
    await wallet.stands(ann, declined, { state: 'failed', paid: '0', url: null })
    const again = await wallet.begun(ann)
    await wallet.happen(again, { type: 'paid' })
    await wallet.stands(ann, again, { state: 'paid' })
  })

  test('of play money, of too little or too much, of what is not taken here, or by an unknown person is refused', async () => {
    const { token } = await wallet.player()
    const refused = async (body: object, by = token) =>
      (await wallet.call(by, 'POST', '/transactions/deposit', body)).body.code
    expect(await refused({ asset: 'play:CREDIT', amount: '5000' })).toBe('payment/asset')
    expect(await refused({ asset: 'EUR', amount: '5000' })).toBe('payment/asset')
    expect(await refused({ asset: 'USD', amount: '99' })).toBe('payment/amount')
    expect(await refused({ asset: 'USD', amount: '1000001' })).toBe('payment/amount')
    expect(await refused({ asset: 'USD', amount: '-5000' })).toBe('request/invalid')
    expect(await refused({ asset: 'USD', amount: '5000' }, (await newGuest(wallet.node)).token)).toBe(
      'person/age-unknown',
    )
    const unkeyed = await wallet.node.call('POST', '/transactions/deposit', {
      token,
      body: { asset: 'USD', amount: '5000' },
    })
    expect(unkeyed.body.code).toBe('request/key-missing')
  })

  test('is not begun beside twenty that are not decided', async () => {
    const ann = await wallet.player()
    const first = await wallet.begun(ann)
    for (let i = 1; i < 20; i++) await wallet.begun(ann)
    const body = { asset: 'USD', amount: '5000' }
    const answer = await wallet.call(ann.token, 'POST', '/transactions/deposit', body)
    expect([answer.status, answer.body.code]).toEqual([429, 'request/too-many'])
    await wallet.happen(first, { type: 'failed' })
    await wallet.stands(ann, first, { state: 'failed' })
    await wallet.begun(ann)
  })

  test('of somebody else is not to be found', async () => {
    const [ann, bob] = [await wallet.player(), await wallet.player()]
    const id = await wallet.begun(ann)
    const answer = await wallet.call(bob.token, 'GET', `/payments/${id}`)
    expect([answer.status, answer.body.code]).toEqual([404, 'payment/unknown'])
    expect((await wallet.call(bob.token, 'GET', '/payments')).body.payments).toEqual([])
    for (const path of [`/admin/payments/${id}/refund`, `/admin/withdrawals/${id}/approve`])
      expect((await wallet.call(bob.token, 'POST', path, {})).status).toBe(403)
  })
})

describe('webhooks', () => {
  test('fifty copies at once post once', async () => {
    const ann = await wallet.player()
    const payment = await wallet.begun(ann)
    const at_ms = Date.now()
    const answers = await Promise.all(Array.from({ length: 50 }, () => tell({ type: 'paid', payment, at_ms })))
    expect(new Set(answers)).toEqual(new Set([204]))
    expect(await wallet.money(ann)).toMatchObject({ has: 5000n })
    const posted = await wallet.call(ann.token, 'GET', '/transactions/history?kind=deposit.post')
    expect(posted.body.entries).toHaveLength(1)
  })

  test('are refused when they are signed by somebody else, changed, or too old', async () => {
    const ann = await wallet.player()
    const payment = await wallet.begun(ann)
    expect(await tell({ type: 'paid', payment }, { secret: 'guessed' })).toBe(401)
    expect(await tell({ type: 'paid', payment }, { late_ms: 310_000 })).toBe(401)
    expect(await tell({ type: 'paid', payment }, { late_ms: -310_000 })).toBe(401)
    const other = toJson(eventToJson({ type: 'paid', payment, part: 'paid', asset: 'USD', amount: 9000n, at_ms: 1 }))
    expect(await tell({ type: 'paid', payment }, { body: other })).toBe(401)
    const bare = await fetch(`${wallet.url}/payments/webhooks/sandbox`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(bare.status).toBe(401)
    expect(await wallet.payment(ann, payment)).toMatchObject({ state: 'begun', paid: '0' })
    expect(await tell({ type: 'paid', payment }, { late_ms: 290_000 })).toBe(204)
  })

  test('of unknown payments, other money, other providers, or what goes the other way are refused', async () => {
    const ann = await wallet.player()
    const payment = await wallet.begun(ann)
    expect(await tell({ type: 'paid', payment: uuidv7() })).toBe(404)
    expect(await tell({ type: 'paid', payment: '../../x' })).toBe(404)
    expect(await tell({ type: 'paid', payment, asset: 'EUR' })).toBe(422)
    expect(await tell({ type: 'paid-out', payment })).toBe(409)
    const body = toJson({})
    const elsewhere = await fetch(`${wallet.url}/payments/webhooks/acme`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect(elsewhere.status).toBe(404)
    expect(await wallet.money(ann)).toMatchObject({ has: 0n })
  })

  test('the provider’s own ways (late, twice, the refund first) end as they should', async () => {
    const ann = await wallet.player()
    const acts = ['approve-twice', 'refund-first'] as const
    const ids = await Promise.all(
      acts.map(async (act) => {
        const id = await wallet.begun(ann)
        const { url } = await wallet.payment(ann, id)
        expect((await fetch(url!, { method: 'POST', body: new URLSearchParams({ act }) })).status).toBe(200)
        return id
      }),
    )
    await wallet.stands(ann, ids[0]!, { state: 'paid', paid: '5000' })
    await wallet.stands(ann, ids[1]!, { state: 'refunded', paid: '5000', refunded: '5000' })
    expect(await wallet.money(ann)).toEqual({ has: 5000n, held: 0n, owes: 0n, frozen: false })
  })

  test('in any order, any number of times, at once, end the same', async () => {
    const parts = [
      { type: 'paid', part: 'p', amount: 5000n },
      { type: 'refunded', part: 'r1', amount: 1000n },
      { type: 'refunded', part: 'r2', amount: 500n },
      { type: 'charged-back', part: 'c', amount: 2000n },
      { type: 'failed', part: 'f', amount: 5000n },
    ] as const
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...parts, ...parts, ...parts], { minLength: 15, maxLength: 15 }),
        fc.integer({ min: 1, max: 4 }),
        async (order, atOnce) => {
          const ann = await wallet.player()
          const payment = await wallet.begun(ann)
          for (let i = 0; i < order.length; i += atOnce) {
            const answers = await Promise.all(order.slice(i, i + atOnce).map((each) => tell({ payment, ...each })))
            expect(new Set(answers)).toEqual(new Set([204]))
          }
          expect(await wallet.payment(ann, payment)).toMatchObject({
            state: 'charged-back',
            paid: '5000',
            refunded: '1500',
            chargedBack: '2000',
          })
          expect(await wallet.money(ann)).toEqual({ has: 1500n, held: 0n, owes: 0n, frozen: false })
        },
      ),
      { numRuns: 12 },
    )
  }, 60_000)
})

describe('a refund by staff', () => {
  test('takes the money at once, tells the provider, and is in the chain of what staff did', async () => {
    const ann = await wallet.player()
    const id = await wallet.paid(ann)
    const path = `/admin/payments/${id}/refund`
    const asked = await wallet.call(wallet.staff, 'POST', path, { amount: '2000' }, 'refund-1')
    expect([asked.status, asked.body.user]).toEqual([200, ann.id])
    await wallet.stands(ann, id, { state: 'paid', refunded: '2000' })
    expect((await wallet.call(wallet.staff, 'POST', path, { amount: '2000' }, 'refund-1')).status).toBe(200)
    expect((await wallet.call(wallet.staff, 'POST', path, { amount: '3001' })).body.code).toBe('payment/amount')
    await wallet.call(wallet.staff, 'POST', path, {})
    await wallet.stands(ann, id, { state: 'refunded', refunded: '5000' })
    expect((await wallet.call(wallet.staff, 'POST', path, {})).body.code).toBe('payment/amount')
    expect(await wallet.money(ann)).toEqual({ has: 0n, held: 0n, owes: 0n, frozen: false })
    const events = await wallet.node.ledger.reader.events({
      since: 0n,
      limit: 1000,
      tenant: 'main',
      type: 'staff.acted',
    })
    expect(events.filter(({ payload }) => payload['object'] === `payment:${id}`)).toHaveLength(2)
  })

  test('of money that is spent already is refused, and so is one of what is not paid', async () => {
    const ann = await wallet.player()
    const open = await wallet.begun(ann)
    expect((await wallet.call(wallet.staff, 'POST', `/admin/payments/${open}/refund`, {})).body.code).toBe(
      'payment/state',
    )
    expect((await wallet.call(wallet.staff, 'POST', `/admin/payments/${uuidv7()}/refund`, {})).status).toBe(404)
    const id = await wallet.paid(ann)
    const { body } = await wallet.withdrawn(ann, '4000')
    expect(body.state).toBe('waiting')
    expect((await wallet.call(wallet.staff, 'POST', `/admin/payments/${id}/refund`, {})).body.code).toBe(
      'ledger/insufficient',
    )
  })

  test('that the provider does not make gives the money back', async () => {
    const ann = await wallet.player()
    const id = await wallet.paid(ann)
    // The provider has given it all back by itself and tells us late, so it has nothing left to refund.
    await wallet.happen(id, { type: 'refunded', part: 'theirs', delays_ms: [600_000] })
    await wallet.call(wallet.staff, 'POST', `/admin/payments/${id}/refund`, {})
    await vi.waitFor(async () => expect(await wallet.money(ann)).toMatchObject({ has: 0n, held: 0n, owes: 0n }), 8_000)
    await wallet.stands(ann, id, { state: 'refunded', refunded: '5000' })
  })
})

describe('staff', () => {
  test('finds payments by user, state and direction, page by page', async () => {
    const ann = await wallet.player()
    const ids = [await wallet.paid(ann), await wallet.begun(ann), await wallet.begun(ann)]
    const of = async (query: string) =>
      (await wallet.call(wallet.staff, 'GET', `/admin/payments?user=${ann.id}&${query}`)).body
    expect((await of('limit=2')).payments.map(({ id }: { id: string }) => id)).toEqual(ids.toReversed().slice(0, 2))
    const { next } = await of('limit=2')
    expect((await of(`limit=2&cursor=${next}`)).payments).toMatchObject([{ id: ids[0], state: 'paid', user: ann.id }])
    expect((await of('state=begun')).payments).toHaveLength(2)
    expect((await of('direction=out')).payments).toEqual([])
  })
})
