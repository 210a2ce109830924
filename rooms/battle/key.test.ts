import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { battleKey } from '../../access/battle-key.ts'
import { clientSeed, openTestRooms, type TestRooms } from '../../test/rooms.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms()))
afterAll(() => node.close())

const seatAt = async (ref: string, token?: string) => (await node.seat('battle', ref, token)).status

/** What a plain socket that wants to watch hears first. */
function watched(ref: string, token?: string): Promise<string> {
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}/ws/battles`)
  return new Promise((resolve) => {
    socket.on('open', () => {
      if (token !== undefined) socket.send(JSON.stringify({ type: 'token', token }))
      socket.send(JSON.stringify({ type: 'watch', battle: ref }))
    })
    socket.on('message', (text: Buffer) => {
      const { type, code } = JSON.parse(text.toString()) as { type: string; code?: string }
      resolve(code ?? type)
      socket.close()
    })
  })
}

test('a battle in no list is watched and joined with its key, and by who sits in it without', async () => {
  const [ann, bob, cyd] = [await node.guest(), await node.guest(), await node.guest()]
  const id = await node.battle(ann, { unlisted: true, seats: 3 })
  const key = battleKey(node.sealer, id)
  const other = battleKey(node.sealer, await node.battle(ann, { unlisted: true }))
  for (const ref of [id, `${id}~${other}`, `${id}~${key.slice(1)}`])
    expect(await Promise.all([seatAt(ref), seatAt(ref, bob.token)])).toEqual([404, 404])
  expect([await watched(id), await watched(`${id}~${other}`, bob.token)]).toEqual(['battle/unknown', 'battle/unknown'])
  expect([await watched(`${id}~${key}`), await watched(id, ann.token)]).toEqual(['battle', 'battle'])
  expect(await seatAt(id, ann.token)).toBe(200)
  expect(await seatAt(`${id}~${key}`)).toBe(200)
  const player = await node.join('battle', `${id}~${key}`, bob.token)
  expect(await player.ask('join', { seat: 1, clientSeed: clientSeed() })).toMatchObject({ ok: true })
  expect(await seatAt(id, bob.token)).toBe(200)
  expect(await seatAt(id, cyd.token)).toBe(404)
  const listed = await node.battle(ann)
  expect(await Promise.all([seatAt(listed), seatAt(`${listed}~${key}`)])).toEqual([200, 200])
})
