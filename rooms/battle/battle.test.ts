import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { verifyBattle } from '../../game/battle/verify.ts'
import { proofOf } from '../../game/battle/proof.ts'
import { escrowOwner } from '../../schema/account.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import { BOX, clientSeed, CREDITS, openTestRooms, type TestRooms } from '../../test/rooms.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms()))
afterAll(() => node.close())

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 10 })
const escrowOf = async (battle: string) =>
  (await node.ledger.reader.balance('main', escrowOwner(battle), PLAY_CREDIT))?.balance ?? 0n
const refusedWith = (code: string) => ({ ok: false, error: { code } })

describe('a battle over its room', () => {
  test('goes from its creation to its settlement before the eyes of both', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const id = await node.battle(ann, { boxes: [BOX, BOX, BOX] })
    const one = await node.join('battle', id, ann.token)
    const two = await node.join('battle', id, bob.token)
    await until(() =>
      expect(one.room.state?.seats[0]).toMatchObject({ user: ann.user.id, name: ann.user.name, connected: true }),
    )
    expect(one.room.state.phase).toBe('waiting')
    expect(await two.ask('join', { seat: 1, clientSeed: clientSeed() })).toMatchObject({ ok: true })
    expect(['drawing', 'revealing']).toContain(two.room.state.phase)
    expect(two.room.state.entropySource).toMatch(/^chain:/)
    await until(() => expect(one.room.state.phase).toBe('settled'))
    await until(() => expect(two.room.state.toJSON()).toEqual(one.room.state.toJSON()))
    expect(one.room.state).toMatchObject({ revealed: 3, serverSeed: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(one.room.state.drops).toHaveLength(6)
    // Both still look at it, and it is no work any more.
    expect(node.rooms.counts()).toMatchObject({ battles: 1, acting: 0 })
    const battle = await node.stored(id)
    expect(verifyBattle(proofOf(battle)).ok).toBe(true)
    expect(await escrowOf(id)).toBe(0n)
    expect((await node.creditsOf(ann)) + (await node.creditsOf(bob))).toBe(2n * CREDITS - 2n * battle.price)
    const settled = await node.ledger.reader.events({
      since: 0n,
      actor: `battle-${id}`,
      type: 'battle.settled',
      limit: 10,
    })
    expect(settled).toHaveLength(1)
  })

  test('is shown in its last state to those who come when it is over', async () => {
    const ann = await node.guest()
    const id = await node.battle(ann)
    const creator = await node.join('battle', id, ann.token)
    await creator.ask('callBot', { seat: 1 })
    await until(async () => expect((await node.stored(id)).phase).toBe('settled'))
    const late = await node.join('battle', id)
    await until(() => expect(late.room.state?.phase).toBe('settled'))
    expect(late.room.state.winners).toHaveLength(1)
  })

  test('takes bots that its creator calls, and nobody else', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const id = await node.battle(ann, { seats: 3 })
    const [creator, other] = [await node.join('battle', id, ann.token), await node.join('battle', id, bob.token)]
    expect(await other.ask('callBot', { seat: 1 })).toMatchObject(refusedWith('battle/not-creator'))
    expect(await creator.ask('callBot', { seat: 1 })).toMatchObject({ ok: true })
    expect(creator.room.state.seats[1]).toMatchObject({ bot: true, user: '' })
    expect(await creator.ask('callBot', { seat: 2 })).toMatchObject({ ok: true })
    await until(() => expect(other.room.state.phase).toBe('settled'))
  })

  test('gives the price back to who leaves before the start, and refuses it after', async () => {
    const [ann, bob, cyd] = [await node.guest(), await node.guest(), await node.guest()]
    const id = await node.battle(ann, { seats: 3, reveal_ms: 400 })
    const [two, three] = [await node.join('battle', id, bob.token), await node.join('battle', id, cyd.token)]
    await two.ask('join', { seat: 1, clientSeed: clientSeed() })
    expect(await node.creditsOf(bob)).toBe(CREDITS - 250n)
    expect(await two.ask('leave')).toMatchObject({ ok: true })
    expect(await node.creditsOf(bob)).toBe(CREDITS)
    expect(await two.ask('leave')).toMatchObject(refusedWith('battle/not-seated'))
    await two.ask('join', { seat: 1, clientSeed: clientSeed() })
    await three.ask('join', { seat: 2, clientSeed: clientSeed() })
    expect(await two.ask('leave')).toMatchObject(refusedWith('battle/already-started'))
    expect(await node.creditsOf(bob)).toBe(CREDITS - 250n)
  })

  test('refuses what cannot be, takes nothing for it, and keeps the socket', async () => {
    const [ann, bob, poor] = [await node.guest(), await node.guest(), await node.guest()]
    const id = await node.battle(ann, { seats: 3 })
    const two = await node.join('battle', id, bob.token)
    const seed = clientSeed()
    await two.ask('join', { seat: 1, clientSeed: seed })
    expect(await two.ask('join', { seat: 2, clientSeed: seed })).toMatchObject(refusedWith('battle/already-seated'))
    const dear = await node.battle(ann, { boxes: Array.from({ length: 40 }, () => ({ ...BOX, price: BOX.price })) })
    const spends = await node.join('battle', dear, poor.token)
    for (let i = 0; i < 10; i++) {
      const next = await node.battle(poor, { boxes: Array.from({ length: 40 }, () => BOX) })
      expect(next).toBeTruthy()
    }
    expect(await node.creditsOf(poor)).toBe(0n)
    expect(await spends.ask('join', { seat: 1, clientSeed: seed })).toMatchObject(refusedWith('ledger/insufficient'))
    expect(spends.room.state.seats[1]).toMatchObject({ user: '' })
    expect(await two.ask('join', { seat: 5, clientSeed: seed })).toMatchObject(refusedWith('battle/already-seated'))
    const three = await node.join('battle', id, (await node.guest()).token)
    expect(await three.ask('join', { seat: 5, clientSeed: seed })).toMatchObject(refusedWith('battle/seat-unknown'))
    expect(await three.ask('join', { seat: 1, clientSeed: seed })).toMatchObject(refusedWith('battle/seat-taken'))
    expect(await three.ask('join', { seat: 2, clientSeed: seed })).toMatchObject({ ok: true })
    const four = await node.join('battle', id, poor.token)
    expect(await four.ask('join', { seat: 2, clientSeed: seed })).toMatchObject(refusedWith('battle/full'))
    await until(() => expect(four.room.state.phase).toBe('settled'))
    expect(await four.ask('join', { seat: 2, clientSeed: seed })).toMatchObject(refusedWith('battle/finished'))
    for (const client of [two, three, four, spends]) expect(client.isOpen()).toBe(true)
  })

  test('is called off by its creator while alone', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const id = await node.battle(ann)
    const [one, two] = [await node.join('battle', id, ann.token), await node.join('battle', id, bob.token)]
    expect(await two.ask('cancel')).toMatchObject(refusedWith('battle/not-creator'))
    expect(await one.ask('cancel')).toMatchObject({ ok: true })
    await until(() => expect(two.room.state.phase).toBe('cancelled'))
    expect(await node.creditsOf(ann)).toBe(CREDITS)
    expect(await escrowOf(id)).toBe(0n)
  })

  test('that waits in vain is refunded at its time, whether somebody watches or not', async () => {
    const [ann, bob] = [await node.guest(), await node.guest()]
    const [watched, alone] = [await node.battle(ann, { wait_ms: 400 }), await node.battle(bob, { wait_ms: 100 })]
    const one = await node.join('battle', watched, ann.token)
    await until(() => expect(one.room.state?.phase).toBe('cancelled'))
    await until(async () => expect((await node.stored(alone)).phase).toBe('cancelled'))
    expect([await node.creditsOf(ann), await node.creditsOf(bob)]).toEqual([CREDITS, CREDITS])
  })

  test('knows a player by the account: two tabs are one, and leaving the socket leaves no seat', async () => {
    const ann = await node.guest()
    const id = await node.battle(ann)
    const [tab, other] = [await node.join('battle', id, ann.token), await node.join('battle', id, ann.token)]
    const watcher = await node.join('battle', id)
    await until(() => expect(watcher.room.state?.seats[0].connected).toBe(true))
    expect(await other.ask('join', { seat: 1, clientSeed: clientSeed() })).toMatchObject(
      refusedWith('battle/already-seated'),
    )
    await tab.room.leave()
    expect(await other.ask('leave')).toMatchObject({ ok: true })
    const next = await node.battle(ann)
    const again = await node.join('battle', next)
    const seated = await node.join('battle', next, ann.token)
    await until(() => expect(again.room.state?.seats[0].connected).toBe(true))
    await seated.room.leave()
    await until(() => expect(again.room.state.seats[0]).toMatchObject({ user: ann.user.id, connected: false }))
  })
})

test('of a thousand who want the last seat exactly one gets it, and the others keep their money', async () => {
  const ann = await node.guest()
  const id = await node.battle(ann)
  const guests = await Promise.all(Array.from({ length: 1_000 }, () => node.guest()))
  const clients = []
  for (let at = 0; at < guests.length; at += 100) {
    clients.push(...(await Promise.all(guests.slice(at, at + 100).map(({ token }) => node.join('battle', id, token)))))
  }
  const replies = await Promise.all(clients.map((client) => client.ask('join', { seat: 1, clientSeed: clientSeed() })))
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1)
  const codes = new Set(replies.flatMap((reply) => (reply.ok ? [] : [reply.error.code])))
  expect([...codes].every((code) => ['battle/full', 'battle/finished'].includes(code))).toBe(true)
  expect(clients.every((client) => client.isOpen())).toBe(true)
  const credits = await Promise.all(guests.map((guest) => node.creditsOf(guest)))
  expect(credits.filter((each) => each === CREDITS)).toHaveLength(999)
  await Promise.all(clients.map(({ room }) => room.leave()))
}, 60_000)
