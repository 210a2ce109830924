import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { limitItem, readStock } from '../../catalog/stock.ts'
import { PLAIN_BOX } from '../../game/battle/plain-box.ts'
import { proofOf } from '../../game/battle/proof.ts'
import { mostDrawn } from '../../game/battle/stock.ts'
import { verifyBattle } from '../../game/battle/verify.ts'
import { auditLedger } from '../../ledger/audit/audit.ts'
import { escrowOwner, userOwner } from '../../schema/account.ts'
import { itemAsset, PLAY_CREDIT, type AssetId } from '../../schema/asset.ts'
import type { BattleMode } from '../../schema/battle-mode.ts'
import type { Tokens } from '../../schema/http.ts'
import { RollingDropError } from '../../schema/errors.ts'
import { openTestRooms, type TestRooms } from '../../test/rooms.ts'
import { askWithStock } from './stock.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms()))
afterAll(() => node.close())

let kinds = 0

/** A box of two things, one of which there are `count`. */
async function boxWith(count: number) {
  const sku = `rarity-${++kinds}`
  const asset = itemAsset(sku, PLAY_CREDIT)
  const offer = { pool: node.pool, ledger: node.ledger, tenant: 'main', clock: Date.now }
  if (count > 0) await Promise.all([1, 2].map(() => limitItem(offer, asset, BigInt(count))))
  const [pebble, marble] = PLAIN_BOX.prizes
  return { asset, sku, box: { ...PLAIN_BOX, id: `box-${kinds}`, prizes: [pebble!, { ...marble!, sku, weight: 60 }] } }
}

const stockOf = async (asset: AssetId) => (await readStock(node.ledger.reader, 'main')).get(asset) ?? 0n
const balanceOf = async (owner: string, asset: AssetId) =>
  (await node.ledger.reader.balance('main', owner, asset))?.balance ?? 0n

type Plan = Readonly<{ rounds: number; seats: number; mode: BattleMode }>

/** Battles that all get their last seat at once, to their end. */
async function playAll(
  users: readonly Tokens[],
  { box, sku }: Awaited<ReturnType<typeof boxWith>>,
  plans: readonly Plan[],
) {
  const ready = await Promise.all(
    plans.map(async ({ rounds, seats, mode }, i) => {
      const creator = users[i % users.length]!
      const boxes = Array.from({ length: rounds }, () => box)
      const id = await node.battle(creator, { boxes, seats, mode, limited: [sku], reveal_ms: 20 })
      const client = await node.join('battle', id, creator.token)
      for (let seat = 1; seat < seats - 1; seat++) await client.ask('callBot', { seat })
      return { id, client, last: seats - 1 }
    }),
  )
  const replies = await Promise.all(ready.map(({ client, last }) => client.ask('callBot', { seat: last })))
  expect(replies.filter(({ ok }) => !ok)).toEqual([])
  const stored = () => Promise.all(ready.map(({ id }) => node.stored(id)))
  await vi.waitFor(async () => expect((await stored()).every(({ phase }) => phase === 'settled')).toBe(true), {
    timeout: 20_000,
    interval: 50,
  })
  await Promise.all(ready.map(({ client }) => client.room.leave()))
  return stored()
}

const plan = fc.record({
  rounds: fc.integer({ min: 1, max: 3 }),
  seats: fc.integer({ min: 2, max: 3 }),
  mode: fc.constantFrom<BattleMode>('standard', 'shared', 'group', 'jackpot'),
})

test('however many battles want a small stock at once, nothing of it is given twice and nothing is lost', async () => {
  const users = await Promise.all(Array.from({ length: 8 }, () => node.guest()))
  const seen = { kept: 0, inMoney: 0 }
  const plans = fc.array(plan, { minLength: 8, maxLength: 24 })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 40 }), plans, async (count, battles) => {
      const offered = await boxWith(count)
      const { asset, sku } = offered
      const settled = await playAll(users, offered, battles)
      let won = 0n
      for (const battle of settled) {
        expect(verifyBattle(proofOf(battle)).ok).toBe(true)
        expect(await balanceOf(escrowOwner(battle.id), asset)).toBe(0n)
        const { reserved } = battle.limited[0]!
        expect([0, mostDrawn(battle, sku)]).toContain(reserved)
        seen[reserved > 0 ? 'kept' : 'inMoney']++
        for (const payout of battle.result!.payouts)
          if (payout.asset === asset && battle.seats[payout.seat]!.user !== null) won += payout.amount
      }
      const owned = await Promise.all(users.map(({ user }) => balanceOf(userOwner(user.id), asset)))
      expect(owned.reduce((sum, each) => sum + each, 0n)).toBe(won)
      expect((await stockOf(asset)) + won).toBe(BigInt(count))
    }),
    { numRuns: 5 },
  )
  expect(Math.min(seen.kept, seen.inMoney)).toBeGreaterThan(0)
  expect(await auditLedger({ databaseUrl: node.config.databaseUrl })).toMatchObject({ audit: 'ok' })
}, 120_000)

test('of battles that start at once as many keep the item as the stock suffices for', async () => {
  const users = await Promise.all(Array.from({ length: 8 }, () => node.guest()))
  const offered = await boxWith(7)
  const settled = await playAll(
    users,
    offered,
    Array.from({ length: 12 }, () => ({ rounds: 1, seats: 2, mode: 'standard' })),
  )
  expect(settled.filter(({ limited }) => limited[0]!.reserved === 2).length).toBeGreaterThanOrEqual(3)
  expect(settled.some(({ limited }) => limited[0]!.reserved === 0)).toBe(true)
})

test('what others took between the look at the stock and the commit is not reserved; any other refusal stands', async () => {
  const { asset, sku, box } = await boxWith(2)
  const ann = await node.guest()
  const battle = await node.stored(await node.battle(ann, { boxes: [box], limited: [sku] }))
  const tried: bigint[] = []
  const refuse = (owner: string) => new RollingDropError('ledger/insufficient', { owner, asset, needed: '2' })
  const askFor = (refusals: RollingDropError[]) =>
    askWithStock(
      {
        battle,
        ask: () => delay(0).then(() => Promise.reject(refusals.shift() ?? new RollingDropError('battle/full'))),
      },
      () => readStock(node.ledger.reader, 'main'),
      (inStock) => {
        tried.push(inStock.get(asset) ?? 0n)
        return { request: '', decide: () => ({ ok: false, code: 'battle/full' }) }
      },
    )
  await expect(askFor([refuse('stock:items')])).rejects.toMatchObject({ code: 'battle/full' })
  expect(tried.splice(0)).toEqual([2n, 0n])
  await expect(askFor([refuse('user:ann')])).rejects.toMatchObject({ code: 'ledger/insufficient' })
  expect(tried.splice(0)).toEqual([2n])
  await expect(askFor([refuse('stock:items'), refuse('stock:items')])).rejects.toMatchObject({
    code: 'ledger/insufficient',
  })
  expect(tried).toEqual([2n, 0n])
})
