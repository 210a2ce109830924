import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ITEM_ISSUER, userOwner } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { itemAsset, PLAY_CREDIT } from '../schema/asset.ts'
import type { HistoryPage, Tokens } from '../schema/http.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const penny = itemAsset('lucky-penny', PLAY_CREDIT)

async function give({ user }: Tokens, sku: string, count: bigint): Promise<void> {
  await node.ledger.commit({
    id: uuidv7(),
    kind: 'test.give',
    tenant: 'main',
    request: 'ab'.repeat(32),
    transfers: [
      { asset: itemAsset(sku, PLAY_CREDIT), debit: ITEM_ISSUER, credit: userOwner(user.id), amount: toAmount(count) },
    ],
    events: [{ type: 'money.moved', payload: {} }],
  })
}

const sell = ({ token }: Tokens, key: string, body: unknown) =>
  node.call('POST', '/transactions/sell', { token, key, body })

describe('the inventory', () => {
  test('shows items with their value where it is known', async () => {
    const guest = await newGuest(node)
    await give(guest, 'lucky-penny', 3n)
    await give(guest, 'forgotten-thing', 1n)
    const { body } = await node.call('GET', '/inventory', { token: guest.token })
    expect(body.items).toEqual([
      {
        asset: 'play:item:forgotten-thing',
        sku: 'forgotten-thing',
        count: '1',
        name: null,
        rarity: null,
        value: null,
        money: null,
      },
      {
        asset: penny,
        sku: 'lucky-penny',
        count: '3',
        name: 'Lucky Penny',
        rarity: 'common',
        value: '120',
        money: PLAY_CREDIT,
      },
    ])
  })
})

describe('selling back', () => {
  test('pays the published value once, however often it is asked for', async () => {
    const guest = await newGuest(node)
    await give(guest, 'lucky-penny', 3n)
    const answers = await Promise.all([1, 2, 3].map(() => sell(guest, 'k', { asset: penny, count: 2 })))
    for (const { status, body } of answers) {
      expect({ status, body }).toEqual({
        status: 200,
        body: { asset: penny, count: 2, paid: '240', balance: '100240' },
      })
    }
    expect((await sell(guest, 'k2', { asset: penny, count: 1 })).body.balance).toBe('100360')
    expect((await sell(guest, 'k', { asset: penny, count: 2 })).body.balance).toBe('100240')
    const { body } = await node.call('GET', '/inventory', { token: guest.token })
    expect(body.items).toEqual([])
  })

  test('more than one has, and what is in no box, is refused and changes nothing', async () => {
    const guest = await newGuest(node)
    await give(guest, 'lucky-penny', 1n)
    await give(guest, 'forgotten-thing', 1n)
    expect((await sell(guest, 'a', { asset: penny, count: 2 })).body.code).toBe('ledger/insufficient')
    for (const asset of ['play:item:forgotten-thing', 'item:lucky-penny', 'play:CREDIT', 'nonsense!']) {
      expect((await sell(guest, asset, { asset, count: 1 })).body.code).toBe('item/unknown')
    }
    expect((await sell(guest, 'b', { asset: penny, count: 0 })).body.code).toBe('request/invalid')
    const { body } = await node.call('GET', '/me', { token: guest.token })
    expect(body.balances).toContainEqual({ asset: PLAY_CREDIT, balance: '100000', held: '0' })
  })
})

describe('the statement', () => {
  test('pages from newest to oldest, each balance after its entry', async () => {
    const guest = await newGuest(node)
    await give(guest, 'lucky-penny', 5n)
    for (let i = 0; i < 5; i++) await sell(guest, `s${i}`, { asset: penny, count: 1 })
    const pages: HistoryPage[] = []
    for (let next: string | null = ''; next !== null; next = pages.at(-1)!.next) {
      const { body } = await node.call('GET', `/transactions/history?limit=4${next && `&cursor=${next}`}`, {
        token: guest.token,
      })
      pages.push(body as HistoryPage)
    }
    const entries = pages.flatMap((page) => page.entries)
    expect(pages.map((page) => page.entries.length)).toEqual([4, 4, 4])
    expect(new Set(entries.map(({ seq, n }) => `${seq}.${n}`)).size).toBe(12)
    expect(entries.at(-1)).toMatchObject({ kind: 'guest.welcome', amount: '100000', balance: '100000', battle: null })
    const credits = await node.call('GET', '/transactions/history?asset=play:CREDIT', { token: guest.token })
    const told = (credits.body as HistoryPage).entries
    expect(told.map(({ amount }) => amount)).toEqual(['120', '120', '120', '120', '120', '100000'])
    expect(told[0]!.balance).toBe('100600')
  })

  test('names the battle, refuses a wrong cursor, and shows nobody the statement of another', async () => {
    const [guest, other] = [await newGuest(node), await newGuest(node)]
    const body = { rounds: ['pocket-change'], seats: 2, clientSeed: 'cd'.repeat(32) }
    const { id } = (await node.call('POST', '/battles', { token: guest.token, key: 'b', body })).body
    const own = await node.call('GET', '/transactions/history?limit=1', { token: guest.token })
    expect(own.body.entries).toEqual([expect.objectContaining({ kind: 'battle.create', amount: '-250', battle: id })])
    const others = await node.call('GET', '/transactions/history', { token: other.token })
    expect(others.body.entries).toHaveLength(1)
    const wrong = await node.call('GET', '/transactions/history?cursor=abc', { token: guest.token })
    expect(wrong.body.code).toBe('request/invalid')
  })
})
