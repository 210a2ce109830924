import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import type { OwnResult } from '../../schema/session.ts'
import { clientSeed, openTestRooms, type TestClient, type TestRooms } from '../../test/rooms.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms()))
afterAll(() => node.close())

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 10 })
const credits = ({ room }: TestClient) => room.state?.balances?.get(PLAY_CREDIT)
const resultsOf = ({ messages }: TestClient) => messages.map(({ message }) => message as OwnResult)
const open = ({ user, token }: Awaited<ReturnType<TestRooms['guest']>>) => node.join('session', user.id, token)

test('balances follow what happens to the user, on every device', async () => {
  const ann = await node.guest()
  const [phone, desk] = [await open(ann), await open(ann)]
  await until(() => expect([credits(phone), credits(desk)]).toEqual(['100000', '100000']))
  expect(phone.room.state).toMatchObject({ user: ann.user.id, name: ann.user.name })
  const id = await node.battle(ann)
  await until(() => expect([credits(phone), credits(desk)]).toEqual(['99750', '99750']))
  const creator = await node.join('battle', id, ann.token)
  await creator.ask('cancel')
  await until(() => expect([credits(phone), credits(desk)]).toEqual(['100000', '100000']))
})

test('own results are told as they come, others in them masked; what is won is there', async () => {
  const [ann, bob] = [await node.guest(), await node.guest()]
  const sessions = [await open(ann), await open(bob)]
  const stranger = await open(await node.guest())
  const id = await node.battle(ann)
  const two = await node.join('battle', id, bob.token)
  await two.ask('join', { seat: 1, clientSeed: clientSeed() })
  const settled = (client: TestClient) => resultsOf(client).filter(({ type }) => type === 'battle.settled')
  await until(() => expect(sessions.map((each) => settled(each).length)).toEqual([1, 1]))
  const [seen] = settled(sessions[0]!)
  const seats = seen!.payload['seats'] as { user: string; total: string }[]
  expect(seats.map(({ user }) => user)).toEqual([ann.user.id, expect.stringMatching(/^[0-9a-f]{3}•••$/)])
  const winner = sessions[(seen!.payload['winners'] as number[])[0]!]!
  const items = () => [...winner.room.state.balances.keys()].filter((asset) => String(asset).startsWith('play:item:'))
  await until(() => expect(items().length).toBeGreaterThan(0))
  expect(settled(stranger)).toEqual([])
})

test('who comes back is told the last results, oldest first, also those of battles that were lost or called off', async () => {
  const [ann, bob] = [await node.guest(), await node.guest()]
  const ends: string[] = []
  for (let i = 0; i < 3; i++) {
    const id = await node.battle(ann)
    const creator = await node.join('battle', id, ann.token)
    if (i === 1) await creator.ask('cancel')
    else {
      const two = await node.join('battle', id, bob.token)
      await two.ask('join', { seat: 1, clientSeed: clientSeed() })
      await until(async () => expect((await node.stored(id)).phase).toBe('settled'))
    }
    ends.push(id)
  }
  const session = await open(ann)
  await until(() => expect(resultsOf(session).length).toBe(4))
  const told = resultsOf(session).map(({ type, payload }) => [type, payload['battle']])
  expect(told).toEqual([
    ['faucet.granted', undefined],
    ['battle.settled', ends[0]],
    ['battle.cancelled', ends[1]],
    ['battle.settled', ends[2]],
  ])
})
