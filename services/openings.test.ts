import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyOpening } from '../game/opening/verify.ts'
import type { OpeningProof } from '../schema/opening.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const clientSeed = (n: number) => n.toString(16).padStart(64, '0')

test('seeds are told, begun once, and complete the proof of an opening when they are rotated', async () => {
  const { token } = await newGuest(node)
  const principal = await node.access.authenticate(token)
  const first = await node.call('GET', '/seeds', { token })
  expect(first.body).toMatchObject({ current: null, last: null })
  const body = { seeds: first.body.next.seeds, clientSeed: clientSeed(1) }
  const begun = await node.call('POST', '/seeds', { token, body })
  expect(begun.body).toMatchObject({ current: { ...body, seedHash: first.body.next.seedHash, nonce: 0 }, last: null })
  expect((await node.call('POST', '/seeds', { token, body })).body).toEqual(begun.body)
  const { opening } = await node.openings.open(principal, 'k', { box: 'pocket-change', count: 2 })
  const { body: statement } = await node.call('GET', '/transactions/history?asset=play:CREDIT&limit=1', { token })
  expect(statement.entries).toEqual([expect.objectContaining({ kind: 'box.open', opening, battle: null })])
  const early = await node.call('GET', `/openings/${opening}/proof`)
  expect([early.status, early.body.serverSeed]).toEqual([200, null])
  await node.call('POST', '/seeds', { token, body: { seeds: begun.body.next.seeds, clientSeed: clientSeed(2) } })
  const { body: proof } = await node.call('GET', `/openings/${opening}/proof`)
  const noted = { seedHash: first.body.next.seedHash as string, clientSeed: clientSeed(1), nonce: 0 }
  expect(verifyOpening(proof as OpeningProof, noted)).toMatchObject({ ok: true })
})

test('what is not there, not allowed or not well formed is refused with its code', async () => {
  const { token } = await newGuest(node)
  const codeOf = async (...call: Parameters<TestNode['call']>) => (await node.call(...call)).body.code
  for (const id of [uuidv7(), 'nonsense', '0'.repeat(36)])
    expect(await codeOf('GET', `/openings/${id}/proof`)).toBe('opening/unknown')
  expect(await codeOf('GET', '/seeds')).toBe('auth/token-missing')
  expect(await codeOf('POST', '/seeds', { body: {} })).toBe('auth/token-missing')
  const { next } = (await node.call('GET', '/seeds', { token })).body
  const begin = (body: unknown) => codeOf('POST', '/seeds', { token, body })
  expect(await begin({ seeds: uuidv7(), clientSeed: clientSeed(1) })).toBe('seeds/unknown')
  expect(await begin({ seeds: next.seeds, clientSeed: 'x' })).toBe('request/invalid')
  expect(await begin({ seeds: next.seeds, clientSeed: clientSeed(1), more: 1 })).toBe('request/invalid')
  await node.call('POST', '/seeds', { token, body: { seeds: next.seeds, clientSeed: clientSeed(1) } })
  expect(await begin({ seeds: next.seeds, clientSeed: clientSeed(2) })).toBe('seeds/unknown')
})

describe('opening a box over HTTP', () => {
  const open = (token: string | undefined, key: string | undefined, body: unknown) =>
    node.call('POST', '/transactions/open-box', { ...(token && { token }), ...(key && { key }), body })
  async function player() {
    const { token } = await newGuest(node)
    const { next } = (await node.call('GET', '/seeds', { token })).body
    await node.call('POST', '/seeds', { token, body: { seeds: next.seeds, clientSeed: clientSeed(7) } })
    return token
  }

  test('is paid and answered once for a key, also when sent at the same moment', async () => {
    const token = await player()
    const { body: shown } = await node.call('GET', '/boxes/pocket-change/items')
    const wanted = { box: 'pocket-change', count: 100, boxHash: shown.hash }
    const answers = await Promise.all(Array.from({ length: 5 }, () => open(token, 'k', wanted)))
    for (const { status, body } of answers) expect([status, body]).toEqual([200, answers[0]!.body])
    expect(answers[0]!.body).toMatchObject({ box: 'pocket-change', boxHash: shown.hash, balance: '75000' })
    expect(answers[0]!.body.drops).toHaveLength(100)
    const one = await open(token, 'k2', { box: 'pocket-change' })
    expect(one.body.drops.map(({ nonce }: { nonce: number }) => nonce)).toEqual([100])
  })

  test('is refused with its code where something is missing, wrong or not there, and nothing is paid', async () => {
    const token = await player()
    const stranger = (await newGuest(node)).token
    const box = 'pocket-change'
    const refusals: [string | undefined, string | undefined, unknown, string][] = [
      [undefined, 'a', { box }, 'auth/token-missing'],
      ['forged', 'a', { box }, 'auth/token-invalid'],
      [token, undefined, { box }, 'request/key-missing'],
      [token, 'ü', { box }, 'request/invalid'],
      [token, 'b', { box, count: 0 }, 'request/invalid'],
      [token, 'b', { box, count: 101 }, 'request/invalid'],
      [token, 'b', { box, count: 1.5 }, 'request/invalid'],
      [token, 'b', { box, price: '1' }, 'request/invalid'],
      [token, 'b', { box, boxHash: 'ab' }, 'request/invalid'],
      [token, 'b', {}, 'request/invalid'],
      [token, 'c', { box: 'none' }, 'box/unknown'],
      [token, 'd', { box, boxHash: 'ab'.repeat(32) }, 'box/changed'],
      [stranger, 'e', { box }, 'seeds/unknown'],
    ]
    for (const [by, key, body, code] of refusals)
      expect((await open(by, key, body)).body.code, JSON.stringify([key, body])).toBe(code)
    await open(token, 'f', { box })
    expect((await open(token, 'f', { box, count: 2 })).body.code).toBe('request/key-reused')
    expect((await node.call('GET', '/transactions/history', { token })).body.entries).toHaveLength(3)
    for (const key of ['1', '2', '3']) await open(token, key, { box, count: 100 })
    expect((await open(token, '4', { box, count: 100 })).body.code).toBe('ledger/insufficient')
  })
})
