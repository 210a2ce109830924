import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { publishBox } from '../catalog/publish.ts'
import { seedBoxes, seedCatalog } from '../catalog/seed.ts'
import { itemAsset, PLAY_CREDIT } from '../schema/asset.ts'
import { boxOf } from '../schema/box-contents.ts'
import { boxEditor, contentsOf, newStaff, type BoxEditor } from '../test/box-staff.ts'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
let editor: BoxEditor
beforeAll(async () => {
  node = await openTestNode()
  editor = boxEditor(node, await newStaff(node, '{player,admin}'))
})
afterAll(() => node.close())

const call: BoxEditor['call'] = (...of) => editor.call(...of)
const drafted: BoxEditor['drafted'] = (...of) => editor.drafted(...of)
const published: BoxEditor['published'] = (...of) => editor.published(...of)
const isOnOffer: BoxEditor['isOnOffer'] = (id) => editor.isOnOffer(id)

describe('a retired box', () => {
  test('is no longer opened or battled for; its proofs, versions and items stay, and it can come back', async () => {
    await published('veteran')
    const { token: player } = await newGuest(node)
    const { next } = (await node.call('GET', '/seeds', { token: player })).body
    await node.call('POST', '/seeds', { token: player, body: { seeds: next.seeds, clientSeed: 'ab'.repeat(32) } })
    const open = (key: string) =>
      node.call('POST', '/transactions/open-box', { token: player, key, body: { box: 'veteran', count: 1 } })
    const opened = (await open('before')).body
    expect((await call('POST', '/veteran/retire', {})).body).toMatchObject({ state: 'retired', version: 1 })
    await vi.waitFor(async () => expect(await isOnOffer('veteran')).toBe(false))
    expect((await node.call('GET', '/boxes/veteran/items')).body.code).toBe('box/unknown')
    expect((await open('after')).body.code).toBe('box/unknown')
    const battle = { rounds: ['veteran'], seats: 2, clientSeed: 'cd'.repeat(32) }
    expect((await node.call('POST', '/battles', { token: player, key: 'b', body: battle })).body.code).toBe(
      'box/unknown',
    )
    expect((await open('before')).body.opening).toBe(opened.opening)
    expect((await node.call('GET', `/openings/${opened.opening}/proof`, { token: player })).status).toBe(200)
    expect((await node.call('GET', '/boxes/veteran/items?version=1')).body.hash).toBe(opened.boxHash)
    const asset = itemAsset(opened.drops[0].sku, PLAY_CREDIT)
    const sold = await node.call('POST', '/transactions/sell', { token: player, key: 's', body: { asset, count: 1 } })
    expect(sold.body).toMatchObject({ paid: opened.drops[0].value })
    expect((await call('POST', '/veteran/retire', {})).body.code).toBe('box/state')
    const { revision } = (await call('GET', '/veteran/draft')).body
    const saved = await call('PUT', '/veteran/draft', { revision, contents: contentsOf('veteran') })
    expect((await call('POST', '/veteran/publish', { revision: saved.body.revision })).body.version).toBe(2)
    expect(await isOnOffer('veteran')).toBe(true)
  })

  test('of those that every database begins with stays retired, or as the staff has made it, when a node starts', async () => {
    expect((await call('POST', '/night-market/retire', {})).body.state).toBe('retired')
    const shed = seedBoxes.find(({ id }) => id === 'garden-shed')!
    const parts = { pool: node.pool, ledger: node.ledger, tenant: 'main', clock: Date.now }
    await publishBox(parts, { ...shed, name: 'Greenhouse' })
    await seedCatalog(parts)
    await vi.waitFor(async () => expect(await isOnOffer('night-market')).toBe(false))
    expect((await node.call('GET', '/boxes/garden-shed/items')).body).toMatchObject({ version: 2, name: 'Greenhouse' })
  })
})

describe('two who publish a box at once', () => {
  test('each get a version of their own, and none is lost', async () => {
    const parts = { pool: node.pool, ledger: node.ledger, tenant: 'main', clock: Date.now }
    await published('raced')
    for (let round = 0; round < 3; round++) {
      const { revision } = (await call('GET', '/raced/draft')).body
      const contents = contentsOf('raced', { price: `${101 + round}` })
      const saved = await call('PUT', '/raced/draft', { revision, contents })
      await editor.reported('raced')
      const elsewhere = boxOf('raced', 0, contentsOf('raced', { name: `round ${round}` }))
      const [here, there] = await Promise.all([
        call('POST', '/raced/publish', { revision: saved.body.revision }),
        publishBox(parts, elsewhere),
      ])
      expect(here.status).toBe(200)
      const { versions } = (await call('GET', '/raced/versions')).body
      expect(versions.map(({ version }: { version: number }) => version)).toEqual(
        Array.from({ length: 3 + 2 * round }, (_, i) => 3 + 2 * round - i),
      )
      expect(versions.some(({ hash }: { hash: string }) => hash === there.hash)).toBe(true)
    }
  }, 60_000)
})

describe('files', () => {
  test('what is exported is the same when it is imported, and what differs is drafted, all or nothing', async () => {
    await published('filed')
    const file = (await call('GET', '/export')).body
    expect(file.boxes.length).toBeGreaterThan(5)
    const again = (await call('POST', '/import', { file })).body
    expect(again).toMatchObject({ saved: true })
    expect(new Set(again.boxes.map(({ change }: { change: string }) => change))).toEqual(new Set(['same']))
    const filed = { id: 'filed', ...contentsOf('filed', { price: '101' }) }
    const fresh = { id: 'fresh', ...contentsOf('fresh') }
    const wanted = { ...file, boxes: [filed, fresh] }
    const dry = (await call('POST', '/import', { file: wanted, dryRun: true })).body
    expect(dry).toMatchObject({ saved: false, boxes: [{ change: 'changed' }, { change: 'new' }] })
    expect((await call('GET', '/fresh/draft')).body.code).toBe('box/unknown')
    const bad = { ...wanted, boxes: [fresh, { ...filed, prizes: [] }] }
    const refused = await call('POST', '/import', { file: bad })
    expect(refused.body).toMatchObject({ code: 'box/not-fit', details: { issues: [{ path: 'filed.prizes' }] } })
    expect((await call('GET', '/fresh/draft')).body.code).toBe('box/unknown')
    expect((await call('POST', '/import', { file: wanted })).body.saved).toBe(true)
    expect((await call('GET', '/fresh/draft')).body).toMatchObject({ saved: true, revision: 1 })
    expect((await call('GET', '/filed/draft')).body.contents.price).toBe('101')
    const twice = { ...wanted, boxes: [fresh, fresh] }
    expect((await call('POST', '/import', { file: twice })).body.code).toBe('request/invalid')
  })
})

describe('who may', () => {
  test('only staff, and each of its own tenant alone', async () => {
    const player = (await newGuest(node)).token
    const support = await newStaff(node, '{player,support}')
    for (const token of [player, support])
      expect((await node.call('GET', '/admin/boxes', { token })).body.code).toBe('auth/forbidden')
    expect((await node.call('GET', '/admin/boxes')).body.code).toBe('auth/token-missing')
    const partner = boxEditor(node, await newStaff(node, '{player,partner-admin}', 'acme'))
    expect((await partner.call('GET', '')).body).toEqual({ boxes: [], next: null })
    await drafted('ours')
    for (const id of ['ours', 'garden-shed'])
      expect((await partner.call('GET', `/${id}/draft`)).body.code).toBe('box/unknown')
    expect((await partner.published('ours')).body).toMatchObject({ state: 'offered', version: 1 })
    expect((await node.catalog.boxes('acme')).map(({ box }) => box.id)).toEqual(['ours'])
    expect(await isOnOffer('ours')).toBe(false)
    expect((await call('GET', '/ours/draft')).body.standing.state).toBe('draft')
  })

  test('the list is told page by page', async () => {
    const all = (await call('GET', '?limit=100')).body.boxes.map(({ id }: { id: string }) => id)
    const paged: string[] = []
    let cursor = ''
    do {
      const { body } = await call('GET', `?limit=4${cursor}`)
      paged.push(...body.boxes.map(({ id }: { id: string }) => id))
      cursor = body.next === null ? '' : `&cursor=${body.next}`
    } while (cursor !== '')
    expect(paged).toEqual(all)
    expect(all).toEqual(all.toSorted())
  })
})
