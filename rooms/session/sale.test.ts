import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import { digestOf } from '../../schema/digest.ts'
import type { ListingSold } from '../../schema/market.ts'
import { maskedUser } from '../../schema/masked-user.ts'
import type { LogPage, OwnResult } from '../../schema/session.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { openTestRooms, type TestClient, type TestRooms } from '../../test/rooms.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms()))
afterAll(() => node.close())

const salesOf = ({ messages }: TestClient): OwnResult[] =>
  messages
    .filter(({ type }) => type === 'log')
    .flatMap(({ message }) => (message as LogPage).entries)
    .filter(({ type }) => type === 'listing.sold')

test('a sale is told to its seller at once and to a buyer who comes later, each a stranger to the other', async () => {
  const [ann, bob, eve] = [await node.guest(), await node.guest(), await node.guest()]
  const [seller, stranger] = await Promise.all(
    [ann, eve].map(({ user, token }) => node.join('session', user.id, token, {})),
  )
  const sale = {
    listing: uuidv7(),
    asset: 'play:item:x',
    name: 'X',
    rarity: null,
    money: PLAY_CREDIT,
    price: '10',
    fee: '1',
  }
  const payload: ListingSold = { ...sale, user: ann.user.id, buyer: bob.user.id, order: 'theirs' }
  const id = uuidv7()
  const events = [{ type: 'listing.sold', payload }] as const
  await node.ledger.commit({ id, kind: 'test.sell', tenant: 'main', request: digestOf(id), transfers: [], events })
  await vi.waitFor(() => expect(salesOf(seller!)).toHaveLength(1), 10_000)
  expect(salesOf(seller!)[0]!.payload).toEqual({ ...sale, user: ann.user.id, buyer: maskedUser(bob.user.id) })
  const buyer = await node.join('session', bob.user.id, bob.token, {})
  await vi.waitFor(() => expect(salesOf(buyer)).toHaveLength(1), 10_000)
  const told = { ...sale, user: maskedUser(ann.user.id), buyer: bob.user.id, order: 'theirs' }
  expect(salesOf(buyer)[0]!.payload).toEqual(told)
  expect(salesOf(stranger!)).toEqual([])
})
