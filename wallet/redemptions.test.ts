import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLedger } from '../ledger/audit/audit.ts'
import { ITEM_ISSUER, userOwner } from '../schema/account.ts'
import { toAsset } from '../schema/asset.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { newPerson } from '../test/people.ts'
import { give, openWalletNode, type Player, type WalletNode } from '../test/wallet.ts'

const WATCH = toAsset('item:watch')
const address = { name: 'Ann Nowhere', lines: ['1 Hidden Street'], postcode: '10115', city: 'Berlin', country: 'DE' }

let wallet: WalletNode
beforeAll(async () => {
  wallet = await openWalletNode()
})
afterAll(async () => {
  expect(await auditLedger({ databaseUrl: wallet.node.url })).toMatchObject({ audit: 'ok' })
  await wallet.close()
})

const owner = async (): Promise<Player> => {
  const ann = await wallet.player()
  await give(wallet, ITEM_ISSUER, userOwner(ann.id), 2n, WATCH)
  return ann
}
const redeem = ({ token }: Player, changed: object = {}, key?: string) =>
  wallet.call(token, 'POST', '/transactions/redeem', { asset: WATCH, count: 1, address, ...changed }, key)
const watches = async ({ id }: Player) => {
  const found = await wallet.node.ledger.reader.balance('main', userOwner(id), WATCH)
  return [found?.balance, found?.held]
}
const staff = (method: string, path: string, key?: string) =>
  wallet.call(wallet.staff, method, `/admin/redemptions${path}`, undefined, key)

describe('a redemption', () => {
  test('reserves the things, shows staff the address, and takes them out of the books when they are shipped', async () => {
    const ann = await owner()
    const { body } = await redeem(ann, {}, 'one')
    expect(body).toMatchObject({ state: 'held', asset: WATCH, count: 1 })
    expect((await redeem(ann, {}, 'one')).body).toEqual(body)
    expect(await watches(ann)).toEqual([2n, 1n])
    expect((await staff('GET', `?user=${ann.id}&state=held`)).body.redemptions).toMatchObject([
      { id: body.id, user: ann.id },
    ])
    expect((await staff('GET', `/${body.id}`)).body.address).toEqual(address)
    expect((await staff('POST', `/${body.id}/ship`, 'ship')).body.state).toBe('shipped')
    expect((await staff('POST', `/${body.id}/ship`, 'ship')).status).toBe(200)
    expect(await watches(ann)).toEqual([1n, 0n])
    expect((await staff('POST', `/${body.id}/void`)).body.code).toBe('redeem/state')
    expect((await wallet.call(ann.token, 'POST', `/redemptions/${body.id}/cancel`)).body.code).toBe('redeem/state')
    expect((await wallet.call(ann.token, 'GET', '/redemptions')).body.redemptions).toMatchObject([
      { id: body.id, state: 'shipped' },
    ])
    const history = await wallet.call(ann.token, 'GET', `/transactions/history?kind=redemption.post`)
    expect(history.body.entries).toMatchObject([{ asset: WATCH, amount: '-1', redemption: body.id }])
  })

  test('that is voided by staff or cancelled by its user gives the things back', async () => {
    const ann = await owner()
    const [one, two] = [(await redeem(ann)).body, (await redeem(ann)).body]
    expect(await watches(ann)).toEqual([2n, 2n])
    expect((await redeem(ann)).body.code).toBe('ledger/insufficient')
    expect((await staff('POST', `/${one.id}/void`)).body.state).toBe('voided')
    expect((await wallet.call(ann.token, 'POST', `/redemptions/${two.id}/cancel`)).body.state).toBe('cancelled')
    expect(await watches(ann)).toEqual([2n, 0n])
  })

  test('is not made of what its owner has locked', async () => {
    const ann = await owner()
    const at = `/inventory/item/${encodeURIComponent(WATCH)}`
    expect((await wallet.call(ann.token, 'PUT', at, { locked: 1 })).body.item).toMatchObject({ locked: 1, held: '1' })
    expect((await redeem(ann, { count: 2 })).body.code).toBe('item/locked')
    expect((await redeem(ann)).body.state).toBe('held')
    expect((await redeem(ann)).body.code).toBe('item/locked')
    expect(await watches(ann)).toEqual([2n, 2n])
  })

  test('shipped and cancelled at once is one of the two', async () => {
    const ann = await owner()
    const { id } = (await redeem(ann)).body
    const answers = await Promise.all([
      staff('POST', `/${id}/ship`),
      wallet.call(ann.token, 'POST', `/redemptions/${id}/cancel`),
    ])
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
  })

  test('of play things, of money, of what one has not, or unconfirmed is refused and leaves no address behind', async () => {
    const ann = await wallet.player()
    const refused = async (changed: object) => (await redeem(ann, changed)).body.code
    expect(await refused({ asset: 'play:item:watch' })).toBe('redeem/play')
    expect(await refused({ asset: 'USD' })).toBe('item/unknown')
    expect(await refused({})).toBe('ledger/insufficient')
    expect(await refused({ address: { ...address, country: 'Germany' } })).toBe('request/invalid')
    expect((await wallet.node.pool.query('select 1 from sent_to where user_id = $1', [ann.id])).rows).toEqual([])
    const bob = await newPerson(wallet.node, 'bob@example.org', 'Bob')
    expect((await redeem({ id: bob.user.id, token: bob.token })).body.code).toBe('auth/confirm')
  })

  test('of somebody else is not to be found, and its address rests where nobody can read it', async () => {
    const [ann, bob] = [await owner(), await wallet.player()]
    const { id } = (await redeem(ann)).body
    const cancelled = await wallet.call(bob.token, 'POST', `/redemptions/${id}/cancel`)
    expect([cancelled.status, cancelled.body.code]).toEqual([404, 'redeem/unknown'])
    expect((await wallet.call(bob.token, 'GET', `/admin/redemptions/${id}`)).status).toBe(403)
    expect((await staff('GET', `/${uuidv7()}`)).status).toBe(404)
    for (const table of ['sent_to', 'actor', 'event', 'redemption_listing', 'idempotency_key']) {
      const { rows } = await wallet.node.pool.query(`select * from ${table} where ${table}::text like '%Hidden%'`)
      expect([table, rows]).toEqual([table, []])
    }
  })
})
