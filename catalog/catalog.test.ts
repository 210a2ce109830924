import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUSE } from '../schema/account.ts'
import { itemAsset, PLAY_CREDIT } from '../schema/asset.ts'
import { rarities, weightSum } from '../schema/box.ts'
import { openTestNode, type TestNode } from '../test/node.ts'
import { BANKROLL } from './bankroll.ts'
import { publishedBox } from './box-version.ts'
import { createCatalog } from './catalog.ts'
import { publishBox } from './publish.ts'
import { seedBoxes, seedCatalog, seedLimits } from './seed.ts'
import { limitItem, readStock } from './stock.ts'

describe('the seeded boxes', () => {
  test.each(seedBoxes.map((box) => [box.id, box] as const))('%s gives back 88 to 94 % of its price', (_id, box) => {
    const { returnToPlayer, expectedValue } = publishedBox({ ...box, version: 1 })
    expect(returnToPlayer).toBeGreaterThan(0.88)
    expect(returnToPlayer).toBeLessThan(0.94)
    expect(Number(expectedValue) / Number(box.price)).toBeCloseTo(returnToPlayer, 1)
    expect(weightSum({ ...box, version: 1 })).toBe(100_000)
    expect(box.prizes.length).toBeGreaterThanOrEqual(8)
    expect(box.prizes.length).toBeLessThanOrEqual(12)
    expect(new Set(box.prizes.map(({ rarity }) => rarity))).toEqual(new Set(rarities))
    expect(box.prizes.every(({ value, weight }) => value > 0n && weight > 0)).toBe(true)
  })

  test('no item is in two of them, so that each has one value', () => {
    const skus = seedBoxes.flatMap(({ prizes }) => prizes.map(({ sku }) => sku))
    expect(new Set(skus).size).toBe(skus.length)
    expect(seedBoxes).toHaveLength(8)
  })
})

describe('the catalogue', () => {
  let node: TestNode
  beforeAll(async () => void (node = await openTestNode()))
  afterAll(() => node.close())
  const parts = () => ({ pool: node.pool, ledger: node.ledger, tenant: 'main', clock: Date.now })

  test('seeding again, also from many nodes at once, changes nothing', async () => {
    const head = await node.ledger.reader.head()
    await Promise.all([1, 2, 3].map(() => seedCatalog({ ...parts() })))
    expect((await node.ledger.reader.head()).seq).toBe(head.seq)
    expect((await node.ledger.reader.balance('main', HOUSE, PLAY_CREDIT))?.balance).toBe(BANKROLL)
    const { rows } = await node.pool.query('select from box_version')
    expect(rows).toHaveLength(8)
  })

  test('knows of which items there are only so many, and has them in stock once', async () => {
    const [[sku, count]] = Object.entries(seedLimits) as [[string, bigint]]
    const asset = itemAsset(sku, PLAY_CREDIT)
    expect(await node.catalog.limited('main')).toEqual(new Set([asset]))
    expect(await node.catalog.limited('partner')).toEqual(new Set())
    expect(await readStock(node.ledger.reader, 'main')).toEqual(new Map([[asset, count]]))
    expect((await node.catalog.items('main')).has(asset)).toBe(true)
  })

  test('an item that a crash kept from its stock gets it at the next start, and no second time', async () => {
    const { pool, ledger } = node
    const asset = itemAsset('half-limited', PLAY_CREDIT)
    const left = async () => (await readStock(ledger.reader, 'main')).get(asset)
    const cutOff = { ...ledger, commit: () => Promise.reject(new Error('cut off')) }
    await expect(limitItem({ ...parts(), ledger: cutOff }, asset, 5n)).rejects.toThrow('cut off')
    expect(await left()).toBeUndefined()
    await Promise.all([1, 2, 3].map(() => limitItem(parts(), asset, 9n)))
    expect(await left()).toBe(5n)
    await pool.query('update item_stock set stocked = false where asset = $1', [asset])
    await limitItem(parts(), asset, 9n)
    expect(await left()).toBe(5n)
  })

  test('lists the newest versions, cheapest first, and knows every item', async () => {
    const boxes = await node.catalog.boxes('main')
    expect(boxes.map(({ box }) => box.price)).toEqual(
      boxes.map(({ box }) => box.price).toSorted((a, b) => Number(a - b)),
    )
    const items = await node.catalog.items('main')
    expect(items.get(itemAsset('lucky-penny', PLAY_CREDIT))).toMatchObject({ money: PLAY_CREDIT, box: 'pocket-change' })
    expect(await node.catalog.box('main', 'nowhere')).toBeUndefined()
    expect(await node.catalog.boxes('partner')).toEqual([])
  })

  test('a new version is seen by every node; the old one stays as it was', async () => {
    const other = createCatalog({ pool: node.pool, tail: node.tail })
    const before = (await other.box('main', 'garden-shed'))!
    const shed = seedBoxes.find(({ id }) => id === 'garden-shed')
    const both = await Promise.all([1, 2, 3].map(() => publishBox(parts(), { ...shed!, name: 'Greenhouse' })))
    expect(both.map(({ box }) => box.version)).toEqual([2, 2, 2])
    expect((await other.box('main', 'garden-shed'))?.box).toMatchObject({ version: 2, name: 'Greenhouse' })
    expect((await node.catalog.box('main', 'garden-shed', 1))?.hash).toBe(before.hash)
    expect(await node.catalog.box('main', 'garden-shed', 9)).toBeUndefined()
    other.close()
  })

  test('a stored version that somebody changed is refused', async () => {
    await node.pool.query(`update box_version set price = 1 where id = 'garden-shed' and version = 1`)
    const fresh = createCatalog({ pool: node.pool, tail: node.tail })
    await expect(fresh.box('main', 'garden-shed', 1)).rejects.toThrow('is not what was published')
    fresh.close()
  })
})
