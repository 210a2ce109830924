import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLedger } from '../ledger/audit/audit.ts'
import { userOwner } from '../schema/account.ts'
import { openWalletNode, give, USD, type Player, type WalletNode } from '../test/wallet.ts'
import { settleDebt } from './purse.ts'

let wallet: WalletNode
beforeAll(async () => {
  wallet = await openWalletNode()
})
afterAll(async () => {
  expect(await auditLedger({ databaseUrl: wallet.node.url })).toMatchObject({ audit: 'ok' })
  await wallet.close()
})

const chargeBack = async (player: Player, id: string, amount = 5000n) => {
  await wallet.happen(id, { type: 'charged-back', part: 'c', amount })
  await wallet.stands(player, id, { state: 'charged-back', chargedBack: `${amount}` })
}
const debts = async ({ token }: Player) => (await wallet.call(token, 'GET', '/debts')).body.debts
const spend = (player: Player, amount: bigint) => give(wallet, userOwner(player.id), 'house:main', amount)

describe('a charge-back', () => {
  test('of money that is there takes it and owes nothing', async () => {
    const ann = await wallet.player()
    const id = await wallet.paid(ann)
    await chargeBack(ann, id)
    expect(await wallet.money(ann)).toEqual({ has: 0n, held: 0n, owes: 0n, frozen: false })
    expect(await debts(ann)).toEqual([])
  })

  test('of money that is spent becomes a debt, freezes that money, and is paid by the next deposits, which free it', async () => {
    const ann = await wallet.player()
    const id = await wallet.paid(ann)
    await spend(ann, 4000n)
    await chargeBack(ann, id)
    expect(await wallet.money(ann)).toEqual({ has: 0n, held: 0n, owes: 4000n, frozen: true })
    expect(await debts(ann)).toEqual([{ asset: 'USD', owed: '4000', frozen: true }])
    await give(wallet, 'house:main', userOwner(ann.id), 500n)
    await expect(spend(ann, 1n)).rejects.toMatchObject({ code: 'ledger/frozen' })
    expect((await wallet.withdrawn(ann, '100')).body.code).toBe('user/debt')

    await wallet.paid(ann, '3000')
    // What came in otherwise goes into the debt as well.
    expect(await wallet.money(ann)).toEqual({ has: 0n, held: 0n, owes: 500n, frozen: true })
    await wallet.paid(ann, '1200')
    expect(await wallet.money(ann)).toEqual({ has: 700n, held: 0n, owes: 0n, frozen: false })
    expect(await debts(ann)).toEqual([])
    await spend(ann, 700n)
    const events = await wallet.node.ledger.reader.events({ since: 0n, limit: 100, tenant: 'main', user: ann.id })
    expect(events.filter(({ type }) => type === 'debt.paid').map(({ payload }) => payload['amount'])).toEqual([
      '3500',
      '500',
    ])
  })

  test('comes twice over while its user spends: nothing goes below zero, nothing is owed twice', async () => {
    const ann = await wallet.player()
    const ids = [await wallet.paid(ann), await wallet.paid(ann), await wallet.paid(ann)]
    const spending = Array.from({ length: 20 }, () => spend(ann, 500n).catch(() => {}))
    await Promise.all([
      ...ids.map((id) => wallet.happen(id, { type: 'charged-back', part: 'c', amount: 5000n, delays_ms: [0, 0, 10] })),
      ...spending,
    ])
    for (const id of ids) await wallet.stands(ann, id, { state: 'charged-back', chargedBack: '5000' })
    await settleDebt(wallet.node, { tenant: 'main', user: ann.id }, USD, Date.now())
    const { has, owes, frozen } = await wallet.money(ann)
    const spent =
      BigInt((await wallet.call(ann.token, 'GET', '/transactions/history?kind=test&limit=200')).body.entries.length) *
      500n
    expect([has, owes, frozen]).toEqual([0n, spent, spent > 0n])
  })

  test('is paid once by deposits that come at the same time', async () => {
    const ann = await wallet.player()
    const id = await wallet.paid(ann)
    await spend(ann, 5000n)
    await chargeBack(ann, id)
    const more = await Promise.all(Array.from({ length: 6 }, () => wallet.begun(ann, '1000')))
    await Promise.all(more.map((each) => wallet.happen(each, { type: 'paid' })))
    for (const each of more) await wallet.stands(ann, each, { state: 'paid' })
    await settleDebt(wallet.node, { tenant: 'main', user: ann.id }, USD, Date.now())
    expect(await wallet.money(ann)).toEqual({ has: 1000n, held: 0n, owes: 0n, frozen: false })
  })

  test('that is paid leaves frozen what staff has frozen', async () => {
    const ann = await wallet.player()
    const id = await wallet.paid(ann)
    await spend(ann, 5000n)
    await chargeBack(ann, id)
    expect((await wallet.call(wallet.staff, 'POST', `/admin/users/${ann.id}/freeze`)).status).toBe(200)
    await wallet.paid(ann, '6000')
    expect(await wallet.money(ann)).toEqual({ has: 1000n, held: 0n, owes: 0n, frozen: true })
  })

  test('takes from a withdrawal that waits only when that is refused, and cannot be approved meanwhile', async () => {
    const ann = await wallet.player()
    const id = await wallet.paid(ann)
    const held = (await wallet.withdrawn(ann, '4000')).body
    await chargeBack(ann, id)
    expect(await wallet.money(ann)).toEqual({ has: 4000n, held: 4000n, owes: 4000n, frozen: true })
    const judge = (verdict: string) => wallet.call(wallet.staff, 'POST', `/admin/withdrawals/${held.id}/${verdict}`)
    expect((await judge('approve')).body.code).toBe('user/debt')
    expect((await judge('refuse')).body.state).toBe('refused')
    expect(await wallet.money(ann)).toEqual({ has: 0n, held: 0n, owes: 0n, frozen: false })
  })
})

test('the audit finds a debt that is not what is counted of it', async () => {
  const ann = await wallet.player()
  const id = await wallet.paid(ann)
  await spend(ann, 5000n)
  await chargeBack(ann, id)
  // By the ledger itself, so that nothing else is wrong.
  await give(wallet, 'world', `debt:${userOwner(ann.id)}`, 1n)
  const audit = { databaseUrl: wallet.node.url }
  expect(await auditLedger(audit)).toMatchObject({
    audit: 'failed',
    finding: { what: 'debt/owed', expected: '5000', found: '4999' },
  })
  await give(wallet, `debt:${userOwner(ann.id)}`, 'world', 1n)
  expect(await auditLedger(audit)).toMatchObject({ audit: 'ok' })
})
