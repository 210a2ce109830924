import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ITEM_ISSUER, STOCK } from '../schema/account.ts'
import { itemAsset, PLAY_CREDIT } from '../schema/asset.ts'
import { boxEditor, contentsOf, newStaff, type BoxEditor } from '../test/box-staff.ts'
import { openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
let editor: BoxEditor
beforeAll(async () => {
  node = await openTestNode()
  editor = boxEditor(node, await newStaff(node, '{player,admin}'))
})
afterAll(() => node.close())

const call: BoxEditor['call'] = (...of) => editor.call(...of)
const drafted: BoxEditor['drafted'] = (...of) => editor.drafted(...of)
const reported: BoxEditor['reported'] = (id) => editor.reported(id)
const published: BoxEditor['published'] = (...of) => editor.published(...of)
const events: BoxEditor['events'] = (...of) => editor.events(...of)
const isOnOffer: BoxEditor['isOnOffer'] = (id) => editor.isOnOffer(id)

describe('a draft', () => {
  test('is begun, changed, judged and thrown away, and every step is an act of whoever took it', async () => {
    const begun = await drafted('toolbox')
    expect(begun).toMatchObject({ revision: 1, saved: true, issues: [], standing: { state: 'draft', version: null } })
    const unfit = { ...contentsOf('toolbox'), price: '10' }
    const saved = await call('PUT', '/toolbox/draft', { revision: 1, contents: unfit })
    expect(saved).toMatchObject({ status: 200, body: { revision: 2, issues: [{ path: '', level: 'error' }] } })
    expect((await call('GET', '/toolbox/draft')).body).toEqual(saved.body)
    expect((await call('GET', '')).body.boxes).toContainEqual(
      expect.objectContaining({ id: 'toolbox', state: 'draft' }),
    )
    expect(await isOnOffer('toolbox')).toBe(false)
    expect((await call('DELETE', '/toolbox/draft?revision=2')).status).toBe(204)
    expect((await call('GET', '/toolbox/draft')).body.code).toBe('box/unknown')
    expect((await call('POST', '', { id: 'toolbox', contents: contentsOf('toolbox') })).body).toMatchObject({
      revision: 4,
    })
    expect((await call('DELETE', '/toolbox/draft?revision=4')).status).toBe(204)
    const acts = await events('staff.acted', 'toolbox')
    expect(acts.map(({ payload }) => payload['action'])).toEqual(Array(5).fill('box.draft'))
    expect(JSON.stringify(acts.map(({ payload }) => payload))).not.toContain('Box of')
  })

  test('that somebody else has changed is not written over, whoever of many comes first', async () => {
    await drafted('contested')
    const tries = await Promise.all(
      [1, 2, 3, 4, 5].map((n) =>
        call('PUT', '/contested/draft', { revision: 1, contents: contentsOf('contested', { name: `by ${n}` }) }),
      ),
    )
    expect(tries.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409])
    expect(tries.find(({ status }) => status === 409)!.body).toMatchObject({ code: 'box/state', details: {} })
    const won = tries.find(({ status }) => status === 200)!.body
    expect((await call('GET', '/contested/draft')).body).toEqual(won)
    expect((await call('DELETE', '/contested/draft?revision=1')).body.code).toBe('box/state')
  })

  test('of an id that is taken, of another shape, or of no box at all is refused', async () => {
    await drafted('taken')
    for (const id of ['taken', 'garden-shed'])
      expect((await call('POST', '', { id, contents: contentsOf(id) })).body.code).toBe('box/exists')
    const wrong: [string, unknown][] = [
      ['id', { id: 'Not An Id', contents: contentsOf('x') }],
      ['asset', { id: 'x', contents: contentsOf('x', { asset: 'play:item:x' }) }],
      ['price', { id: 'x', contents: contentsOf('x', { price: '1.5' }) }],
      ['name', { id: 'x', contents: contentsOf('x', { name: 'a\u0000b' }) }],
      ['more', { id: 'x', contents: { ...contentsOf('x'), more: 1 } }],
    ]
    for (const [what, body] of wrong)
      expect([what, (await call('POST', '', body)).body.code]).toEqual([what, 'request/invalid'])
    for (const [method, path, body] of [
      ['GET', '/nowhere/draft', undefined],
      ['PUT', '/nowhere/draft', { revision: 0, contents: contentsOf('nowhere') }],
      ['DELETE', '/nowhere/draft?revision=1', undefined],
      ['GET', '/nowhere/versions', undefined],
      ['POST', '/nowhere/publish', { revision: 1 }],
      ['POST', '/nowhere/retire', {}],
      ['DELETE', '/nowhere/schedule', undefined],
      ['POST', '/nowhere/report', undefined],
      ['GET', '/nowhere/report', undefined],
    ] as const)
      expect([path, (await call(method, path, body)).body.code]).toEqual([path, 'box/unknown'])
  })
})

describe('publishing', () => {
  test('takes a draft that is fit and reported on, and makes it the next version with its act in one outcome', async () => {
    const { revision } = await drafted('lunchbox')
    const early = await call('POST', '/lunchbox/publish', { revision })
    expect(early).toMatchObject({
      status: 422,
      body: { code: 'box/not-fit', details: { issues: [{ path: 'report' }] } },
    })
    const { simulation, exact, seed } = await reported('lunchbox')
    expect(simulation).toMatchObject({ draws: 20_000, agrees: true })
    expect(exact).toMatchObject({ expectedValue: { numerator: '92', denominator: '1' }, returnToPlayer: 0.92 })
    expect(seed).toMatch(/^[0-9a-f]{64}$/)
    const answer = await call('POST', '/lunchbox/publish', { revision })
    expect(answer).toMatchObject({ status: 200, body: { state: 'offered', version: 1 } })
    const box = (await node.call('GET', '/boxes/lunchbox/items')).body
    expect(box).toMatchObject({ version: 1, hash: answer.body.hash, returnToPlayer: 0.92, expectedValue: '92' })
    expect((await call('GET', '/lunchbox/draft')).body).toMatchObject({ saved: false, revision: revision + 1 })
    const [told] = await events('box.published', 'lunchbox')
    const acts = await events('staff.acted', 'lunchbox')
    expect(acts.at(-1)).toMatchObject({ outcome: told!.outcome, payload: { action: 'box.publish' } })
  })

  test('says everything that is wrong at once, and nothing is published', async () => {
    const prizes = [{ ...contentsOf('wrong').prizes[0]!, weight: 0 }]
    const { revision } = await drafted('wrong', { name: ' ', prizes })
    const { body } = await call('POST', '/wrong/publish', { revision })
    expect(body.code).toBe('box/not-fit')
    expect(body.details.issues.map(({ path }: { path: string }) => path)).toEqual(['name', 'prizes', 'prizes.0.weight'])
    expect((await call('POST', '/wrong/report')).body.code).toBe('box/not-fit')
    expect(await isOnOffer('wrong')).toBe(false)
  })

  test('a report holds for exactly its draft, and a stale revision or the same contents again are refused', async () => {
    const { revision } = await drafted('picky')
    await reported('picky')
    const changed = { ...contentsOf('picky'), price: '101' }
    const saved = await call('PUT', '/picky/draft', { revision, contents: changed })
    expect((await call('GET', '/picky/report')).body).toEqual({ report: null })
    expect((await call('POST', '/picky/publish', { revision })).body.code).toBe('box/state')
    expect((await call('POST', '/picky/publish', { revision: saved.body.revision })).body.code).toBe('box/not-fit')
    await reported('picky')
    expect((await call('POST', '/picky/publish', { revision: saved.body.revision })).body.version).toBe(1)
    const again = await call('PUT', '/picky/draft', { revision: saved.body.revision + 1, contents: changed })
    const refused = await call('POST', '/picky/publish', { revision: again.body.revision })
    expect(refused.body).toMatchObject({ code: 'box/state', details: { reason: 'this is on offer already' } })
  })

  test('the same command twice publishes once; another under its key is refused', async () => {
    const { revision } = await drafted('once')
    await reported('once')
    const token = await newStaff(node, '{player,admin}')
    const send = (body: unknown) => node.call('POST', '/admin/boxes/once/publish', { token, key: 'publish-once', body })
    const both = await Promise.all([send({ revision }), send({ revision })])
    expect(both.map(({ body }) => body.version)).toEqual([1, 1])
    expect((await send({ revision })).body.version).toBe(1)
    expect((await send({ revision: 9 })).body.code).toBe('request/key-reused')
    expect((await node.call('POST', '/admin/boxes/once/publish', { token, body: { revision } })).body.code).toBe(
      'request/key-missing',
    )
    expect(await events('box.published', 'once')).toHaveLength(1)
  })

  test('a limited item comes into stock with the version that first holds it, and never again', async () => {
    const prizes = contentsOf('rarity').prizes.with(1, { ...contentsOf('rarity').prizes[1]!, stock: '7' })
    expect((await published('rarity', { prizes })).body.version).toBe(1)
    const asset = itemAsset('rarity-2', PLAY_CREDIT)
    expect((await node.ledger.reader.balance('main', STOCK, asset))?.balance).toBe(7n)
    expect((await node.call('GET', '/boxes/rarity/items')).body.prizes[1].left).toBe('7')
    const draft = (await call('GET', '/rarity/draft')).body
    await call('PUT', '/rarity/draft', {
      revision: draft.revision,
      contents: { ...contentsOf('rarity', { prizes }), price: '101' },
    })
    await reported('rarity')
    expect((await call('POST', '/rarity/publish', { revision: draft.revision + 1 })).body.version).toBe(2)
    expect((await node.ledger.reader.balance('main', STOCK, asset))?.balance).toBe(7n)
    expect((await node.ledger.reader.balance('main', ITEM_ISSUER, asset))?.balance).toBe(-7n)
    const late = contentsOf('rarity').prizes.map((prize) => Object.assign({}, prize, { stock: '9' }))
    const saving = { revision: draft.revision + 2, contents: contentsOf('rarity', { prizes: late }) }
    const { issues } = (await call('PUT', '/rarity/draft', saving)).body
    expect(issues).toMatchObject([
      { level: 'error', path: 'prizes.0.stock', message: expect.stringContaining('without a limit') },
      { level: 'error', path: 'prizes.1.stock', message: expect.stringContaining('limited to 7') },
    ])
    await call('DELETE', `/rarity/draft?revision=${saving.revision + 1}`)
  })

  test('versions are all there, newest first, page by page, and none of them changes', async () => {
    await published('series')
    for (const price of ['101', '102']) {
      const { revision } = (await call('GET', '/series/draft')).body
      const saved = await call('PUT', '/series/draft', { revision, contents: contentsOf('series', { price }) })
      await reported('series')
      await call('POST', '/series/publish', { revision: saved.body.revision })
    }
    const first = (await call('GET', '/series/versions?limit=2')).body
    expect(first.versions.map(({ version, price }: { version: number; price: string }) => [version, price])).toEqual([
      [3, '102'],
      [2, '101'],
    ])
    const rest = (await call('GET', `/series/versions?limit=2&cursor=${first.next}`)).body
    expect(rest).toMatchObject({ versions: [{ version: 1, price: '100' }], next: null })
    expect((await node.call('GET', '/boxes/series/items?version=1')).body.hash).toBe(rest.versions[0].hash)
  })
})

describe('times', () => {
  const inAWhile = (ms: number) => Date.now() + ms

  test('a box is published and retired by itself, on time, as it stood when that was decided', async () => {
    const { revision } = await drafted('fleeting')
    await reported('fleeting')
    const [publishAt, retireAt] = [inAWhile(2_500), inAWhile(4_500)]
    expect((await call('POST', '/fleeting/publish', { revision, at: publishAt })).body).toMatchObject({
      state: 'draft',
      publishAt,
    })
    expect((await call('POST', '/fleeting/retire', { at: retireAt })).body).toMatchObject({ publishAt, retireAt })
    await call('PUT', '/fleeting/draft', { revision, contents: contentsOf('fleeting', { name: 'Later' }) })
    expect(await isOnOffer('fleeting')).toBe(false)
    await vi.waitFor(async () => expect(await isOnOffer('fleeting')).toBe(true), { timeout: 10_000, interval: 20 })
    expect(Date.now() - publishAt).toBeGreaterThanOrEqual(0)
    expect(Date.now() - publishAt).toBeLessThan(1_000)
    expect((await node.call('GET', '/boxes/fleeting/items')).body.name).toBe('Box of fleeting')
    await vi.waitFor(async () => expect(await isOnOffer('fleeting')).toBe(false), { timeout: 10_000, interval: 20 })
    expect(Date.now()).toBeGreaterThanOrEqual(retireAt)
    const draft = (await call('GET', '/fleeting/draft')).body
    expect(draft).toMatchObject({ saved: true, contents: { name: 'Later' } })
    expect(draft.standing).toMatchObject({ state: 'retired', version: 1, publishAt: null, retireAt: null })
    expect(await events('box.published', 'fleeting')).toHaveLength(1)
    expect(await events('box.retired', 'fleeting')).toHaveLength(1)
  })

  test('can be taken back, and a box is not retired before it is published', async () => {
    const { revision } = await drafted('hesitant')
    await reported('hesitant')
    const at = inAWhile(3_600_000)
    expect((await call('POST', '/hesitant/retire', { at })).body.code).toBe('box/state')
    await call('POST', '/hesitant/publish', { revision, at })
    expect((await call('POST', '/hesitant/retire', { at: at - 1 })).body.code).toBe('box/state')
    expect((await call('DELETE', '/hesitant/schedule')).body).toMatchObject({ publishAt: null, retireAt: null })
    expect((await node.pool.query(`select from actor_alarm where actor = 'box-main:hesitant'`)).rowCount).toBe(0)
  })
})
