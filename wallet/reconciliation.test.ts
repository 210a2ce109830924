import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { userOwner } from '../schema/account.ts'
import { uuidv7 } from '../schema/uuid.ts'
import type { Reconciliation } from '../schema/wallet.ts'
import { give, openWalletNode, type WalletNode } from '../test/wallet.ts'

const today = () => new Date().toISOString().slice(0, 10)

let wallet: WalletNode
beforeAll(async () => {
  wallet = await openWalletNode()
})
afterAll(() => wallet.close())

const reconcile = async (): Promise<Reconciliation> => {
  const { status, body } = await wallet.call(wallet.staff, 'GET', `/admin/payments/reconciliation?day=${today()}`)
  expect(status).toBe(200)
  return body as Reconciliation
}

describe('the provider’s report beside the ledger', () => {
  test('agrees after payments, refunds, charge-backs and withdrawals, in sums by day', async () => {
    const ann = await wallet.player()
    const [one, two] = [await wallet.paid(ann, '9000'), await wallet.paid(ann, '1000')]
    await wallet.begun(ann)
    await wallet.happen(one, { type: 'refunded', part: 'r', amount: 500n }, { type: 'failed' })
    await wallet.stands(ann, one, { refunded: '500' })
    await give(wallet, userOwner(ann.id), 'house:main', 8000n)
    await wallet.happen(two, { type: 'charged-back', part: 'c', amount: 1000n })
    await wallet.stands(ann, two, { state: 'charged-back' })
    const { body } = await wallet.withdrawn(ann, '300')
    await wallet.call(wallet.staff, 'POST', `/admin/withdrawals/${body.id}/approve`)
    await wallet.stands(ann, body.id, { state: 'paid' })
    const found = await reconcile()
    expect(found.differences).toEqual([])
    expect(found).toMatchObject({ ok: true, provider: 'sandbox' })
    expect(found.days).toEqual([
      { day: today(), asset: 'USD', paid: '10000', refunded: '500', chargedBack: '1000', paidOut: '300' },
    ])
  })

  test('finds what the provider has and we have not, what we have and it has not, and other amounts', async () => {
    const ann = await wallet.player()
    const { sandbox } = wallet
    const [lost, invented, changed] = [await wallet.begun(ann), await wallet.paid(ann), await wallet.paid(ann)]
    await wallet.happen(lost, { type: 'paid', delays_ms: [600_000] })
    await sandboxQuery(
      `delete from sandbox_delivery where event in (select id from sandbox_event where payment = $1)`,
      [invented],
    )
    await sandboxQuery('delete from sandbox_event where payment = $1', [invented])
    await sandboxQuery('update sandbox_event set amount = 4999 where payment = $1', [changed])
    const stranger = uuidv7()
    await sandbox.provider.begin({ payment: stranger, asset: 'USD', amount: 700n })
    await wallet.happen(stranger, { type: 'paid', delays_ms: [600_000] })
    const { ok, differences } = await reconcile()
    expect(ok).toBe(false)
    const about = (id: string) => differences.filter(({ payment }) => payment === id)
    expect(about(lost)).toEqual([{ payment: lost, kind: 'missing-here', type: 'paid', here: null, there: '5000' }])
    expect(about(stranger)).toEqual([
      { payment: stranger, kind: 'missing-here', type: 'paid', here: null, there: '700' },
    ])
    expect(about(invented)).toEqual([
      { payment: invented, kind: 'missing-there', type: 'paid', here: '5000', there: null },
    ])
    expect(about(changed)).toEqual([{ payment: changed, kind: 'amount', type: 'paid', here: '5000', there: '4999' }])
    expect(differences).toHaveLength(4)
  })

  test('finds a payment that says it moved what the ledger has not', async () => {
    const ann = await wallet.player()
    const id = await wallet.paid(ann)
    await wallet.node.pool.query(
      `update actor set state = jsonb_set(state::jsonb, '{back}', '"1"')::text where id = $1`,
      [`payment-${id}`],
    )
    const { differences } = await reconcile()
    expect(differences.filter(({ payment }) => payment === id)).toEqual([
      { payment: id, kind: 'ledger', type: 'moved', here: '5000', there: '4999' },
    ])
  })

  test('is for staff alone', async () => {
    const { token } = await wallet.player()
    const answer = await wallet.call(token, 'GET', `/admin/payments/reconciliation?day=${today()}`)
    expect(answer.status).toBe(403)
  })
})

async function sandboxQuery(sql: string, values: readonly unknown[]): Promise<void> {
  await wallet.outside.query(sql, [...values])
}
