import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditLedger } from '../../ledger/audit/audit.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import type { Tokens } from '../../schema/http.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { clientSeed, CREDITS, openTestRooms, type TestRooms } from '../../test/rooms.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms()))
afterAll(() => node.close())

async function limited(amount: string): Promise<Tokens> {
  const guest = await node.guest()
  const principal = await node.access.authenticate(guest.token)
  await node.limits.set(principal, uuidv7(), { kind: 'loss', asset: PLAY_CREDIT, amount })
  return guest
}
const leftOf = async ({ user }: Tokens) =>
  (await node.limits.own({ tenant: 'main', user: user.id })).limits.map(({ left }) => left)

test('a seat takes from the day’s limit, and gives back what it took when its player leaves', async () => {
  const [ann, bob] = [await node.guest(), await limited('300')]
  const [first, second] = [await node.battle(ann, { seats: 3 }), await node.battle(ann, { seats: 3 })]
  const [one, two] = [await node.join('battle', first, bob.token), await node.join('battle', second, bob.token)]
  const sit = { seat: 1, clientSeed: clientSeed() }
  expect(await one.ask('join', sit)).toMatchObject({ ok: true })
  expect(await leftOf(bob)).toEqual(['50'])
  expect(await two.ask('join', sit)).toMatchObject({ ok: false, error: { code: 'limit/exceeded' } })
  expect(await one.ask('leave', {})).toMatchObject({ ok: true })
  expect(await leftOf(bob)).toEqual(['300'])
  expect(await two.ask('join', sit)).toMatchObject({ ok: true })
  expect(await leftOf(bob)).toEqual(['50'])
  expect(await node.creditsOf(bob)).toBe(CREDITS - 250n)
})

test('who has excluded themselves takes no seat, and still gives one up', async () => {
  const [ann, bob] = [await node.guest(), await limited('300')]
  const id = await node.battle(ann, { seats: 3 })
  const player = await node.join('battle', id, bob.token)
  const sit = { seat: 1, clientSeed: clientSeed() }
  expect(await player.ask('join', sit)).toMatchObject({ ok: true })
  const principal = await node.access.authenticate(bob.token)
  await node.limits.exclude(principal, uuidv7(), { kind: 'cool-off', hours: 1 })
  expect(await player.ask('leave', {})).toMatchObject({ ok: true })
  expect(await node.creditsOf(bob)).toBe(CREDITS)
  expect(await player.ask('join', sit)).toMatchObject({ ok: false, error: { code: 'limit/excluded' } })
})

test('all of it leaves the ledger whole', async () => {
  expect(await auditLedger({ databaseUrl: node.config.databaseUrl })).toMatchObject({ audit: 'ok' })
})
