import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { proofOf } from '../../game/battle/proof.ts'
import { verifyBattle } from '../../game/battle/verify.ts'
import { escrowOwner, wageredOwner } from '../../schema/account.ts'
import { PLAY_CREDIT, wageredAsset } from '../../schema/asset.ts'
import type { Tokens } from '../../schema/http.ts'
import { BOX, clientSeed, CREDITS, openTestRooms, type TestRooms } from '../../test/rooms.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms()))
afterAll(() => node.close())

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 10 })
const settled = (id: string) => until(async () => expect((await node.stored(id)).phase).toBe('settled'))
const balance = async (owner: string, asset = PLAY_CREDIT) =>
  (await node.ledger.reader.balance('main', owner, asset))?.balance ?? 0n
const wagered = ({ user }: Tokens) => balance(wageredOwner(user.id), wageredAsset(PLAY_CREDIT))

/** The battle as stored, after its escrow was seen to be empty and its proof to verify. */
async function proven(id: string) {
  const battle = await node.stored(id)
  expect(await balance(escrowOwner(id))).toBe(0n)
  expect(verifyBattle(proofOf(battle)).stages.filter(({ ok }) => !ok)).toEqual([])
  return battle
}

test('a sponsored battle is for those of its level, whose level comes from what they wagered themselves', async () => {
  const [ann, bob] = [await node.guest(), await node.guest()]
  const gated = await node.battle(ann, { sponsor: 100, minLevel: 1, seats: 3 })
  const watcher = await node.join('battle', gated, bob.token)
  await until(() => expect(watcher.room.state).toMatchObject({ sponsor: 100, minLevel: 1, entry: '0' }))
  const join = () => watcher.ask('join', { seat: 1, clientSeed: clientSeed() })
  expect(await join()).toMatchObject({ ok: false, error: { code: 'battle/level', details: { level: 0, minLevel: 1 } } })

  const other = await node.battle(bob, { boxes: [BOX, BOX, BOX, BOX], reveal_ms: 1 })
  await (await node.join('battle', other, bob.token)).ask('callBot', { seat: 1 })
  await settled(other)
  expect(await wagered(bob)).toBe(1_000n)

  const before = await node.creditsOf(bob)
  expect(await join()).toMatchObject({ ok: true })
  expect(await node.creditsOf(bob)).toBe(before)
  expect(await node.creditsOf(ann)).toBe(CREDITS - 750n)
  await (await node.join('battle', gated, ann.token)).ask('callBot', { seat: 2 })
  expect(await node.creditsOf(ann)).toBe(CREDITS - 500n)
  await settled(gated)
  await proven(gated)
  expect([await wagered(ann), await wagered(bob)]).toEqual([250n, 1_000n])
})

test('what was lent for a seat is the house’s part of what it wins', async () => {
  const [ann, bob] = [await node.guest(), await node.guest()]
  const creator = { user: ann.user.id, name: ann.user.name, clientSeed: clientSeed(), borrow: 90 }
  const id = await node.battle(ann, { borrowMax: 90, creator, mode: 'jackpot', reveal_ms: 1 })
  expect(await node.creditsOf(ann)).toBe(CREDITS - 25n)
  const two = await node.join('battle', id, bob.token)
  expect(await two.ask('join', { seat: 1, clientSeed: clientSeed(), borrow: 91 })).toMatchObject({ ok: false })
  expect(await two.ask('join', { seat: 1, clientSeed: clientSeed(), borrow: 33 })).toMatchObject({ ok: true })
  expect(await node.creditsOf(bob)).toBe(CREDITS - 168n)
  await settled(id)
  const { result } = await proven(id)
  await until(() => expect(two.room.state.phase).toBe('settled'))
  const [winner] = result!.winners
  const lent = (result!.pot * BigInt([90, 33][winner!]!)) / 100n
  expect(two.room.state.seats[winner!]).toMatchObject({ borrow: [90, 33][winner!], share: `${result!.pot - lent}` })
  expect([await wagered(ann), await wagered(bob)]).toEqual([25n, 168n])
})

test('a team shares what it wins', async () => {
  const ann = await node.guest()
  const id = await node.battle(ann, { mode: 'crazy', seats: 4, teamSize: 2, reveal_ms: 1 })
  const creator = await node.join('battle', id, ann.token)
  await until(() => expect(creator.room.state.teamSize).toBe(2))
  for (const seat of [1, 2, 3]) await creator.ask('callBot', { seat })
  await settled(id)
  const { result } = await proven(id)
  expect([[0, 1].join(), [2, 3].join()]).toContain(result!.winners.join())
})
