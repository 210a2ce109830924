import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CALL, openPartnerNodes, requestOf, type PartnerNodes } from '../../test/partner-nodes.ts'
import type { NewPartnerKey } from '../partner.ts'
import { signRequest } from './signature.ts'

let all: PartnerNodes
beforeAll(async () => void (all = await openPartnerNodes()))
afterAll(() => all.close())

const coded = (code: string) => expect.objectContaining({ code })
const signed = (key: NewPartnerKey) => requestOf(signRequest(key, CALL, all.now()))

describe('keys', () => {
  test('rotate with an overlap: both are good until the old one ends, which every node tells', async () => {
    const old = await all.newKey()
    const heard: string[][] = [[], []]
    for (const [at, node] of all.nodes.entries()) {
      await all.known(old, node)
      node.onEnded((key) => heard[at]!.push(key))
    }
    const { partner } = old
    const next = await all.administration.rotate(partner, 1_500)
    expect(next.id).not.toBe(old.id)
    for (const node of all.nodes) {
      await all.known(next, node)
      await expect(node.authenticate(signed(old))).resolves.toMatchObject({ key: old.id })
    }
    await vi.waitFor(() => expect(heard).toEqual([[old.id], [old.id]]), { timeout: 5_000, interval: 10 })
    for (const node of all.nodes) {
      expect([node.isLive(old.id), node.isLive(next.id)]).toEqual([false, true])
      await expect(node.authenticate(signed(old))).rejects.toEqual(coded('partner/key-unknown'))
      await expect(node.authenticate(signed(next))).resolves.toMatchObject({ key: next.id })
    }
    const listed = await all.administration.keys(partner)
    expect(listed.map(({ id }) => id)).toEqual([old.id, next.id])
    expect(listed[1]!.ends_ms).toBeNull()
  })

  test('end at once on every node without Redis, also one whose end had been set for later', async () => {
    const key = await all.newKey()
    const heard: string[] = []
    for (const node of all.nodes) await all.known(key, node)
    all.nodes[1].onEnded((ended) => heard.push(ended))
    await all.administration.rotate(key.partner, 3_600_000)
    await all.known(key, all.nodes[1])
    expect(await all.administration.end(key.id)).toBe(true)
    await vi.waitFor(() => expect(heard).toEqual([key.id]), { timeout: 5_000, interval: 10 })
    for (const node of all.nodes)
      await expect(node.authenticate(signed(key))).rejects.toEqual(coded('partner/key-unknown'))
    expect(await all.administration.end(key.id)).toBe(true)
    expect(await all.administration.end('nobody-00000000')).toBe(false)
  })

  test('that end while a call of theirs waits for the database are refused', async () => {
    const key = await all.newKey()
    await all.known(key)
    const blocker = await all.pool.connect()
    await blocker.query('begin; lock partner_nonce in access exclusive mode')
    const call = all.nodes[0].authenticate(signed(key))
    await all.administration.end(key.id)
    await vi.waitFor(() => expect(all.nodes[0].isLive(key.id)).toBe(false), { timeout: 5_000, interval: 10 })
    await blocker.query('rollback')
    blocker.release()
    await expect(call).rejects.toEqual(coded('partner/key-unknown'))
  })

  test('are not brought back by what was read before they ended', async () => {
    const key = await all.newKey()
    const late = await all.open()
    const gate = Promise.withResolvers<void>()
    const query = all.pool.query.bind(all.pool) as (text: string) => Promise<unknown>
    const hold = (text: string): unknown => Promise.all([query(text), gate.promise]).then(([rows]) => rows)
    const spy = vi.spyOn(all.pool, 'query').mockImplementationOnce(hold)
    const call = late.authenticate(signed(key))
    await all.administration.end(key.id)
    gate.resolve()
    await expect(call).rejects.toEqual(coded('partner/key-unknown'))
    spy.mockRestore()
    late.close()
  })

  test('whose change a crash left untold are told by the next node that starts', async () => {
    const key = await all.newKey()
    await all.known(key, all.nodes[1])
    await all.pool.query('update partner_key set ends_ms = $2, told = false where id = $1', [key.id, all.now()])
    expect(all.nodes[1].isLive(key.id)).toBe(true)
    const late = await all.open()
    await vi.waitFor(() => expect(all.nodes[1].isLive(key.id)).toBe(false), { timeout: 5_000, interval: 10 })
    await expect(late.authenticate(signed(key))).rejects.toEqual(coded('partner/key-unknown'))
    expect((await all.pool.query('select from partner_key where not told')).rowCount).toBe(0)
    late.close()
  })

  test('that cannot be read any more harm no other', async () => {
    const [broken, good] = [await all.newKey(), await all.newKey()]
    await all.pool.query(`update partner_key set sealed_secret = 'x' where id = $1`, [broken.id])
    const fresh = await all.open()
    await expect(fresh.authenticate(signed(good))).resolves.toBeDefined()
    await expect(fresh.authenticate(signed(broken))).rejects.toEqual(coded('partner/key-unknown'))
    expect(String(all.failures.at(-1))).toContain(broken.id)
    fresh.close()
  })

  test('are of partners whose name is taken once and has the right shape', async () => {
    const { partner } = await all.newKey()
    expect(await all.administration.create(partner.name, 'other')).toBeUndefined()
    for (const name of ['', 'A', 'x', '9lives', 'a b', 'a'.repeat(31), 'a_b'])
      await expect(all.administration.create(name, 'tenant')).rejects.toEqual(coded('request/invalid'))
    await expect(all.administration.create('fine', 'no tenant')).rejects.toEqual(coded('request/invalid'))
    expect(await all.administration.find('nobody')).toBeUndefined()
  })
})
