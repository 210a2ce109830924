import { expect, test } from 'vitest'
import { hashSeed } from '../fairness/seed.ts'
import { toAmount } from '../../schema/amount.ts'
import { PLAY_CREDIT } from '../../schema/asset.ts'
import { createBattle } from './create.ts'
import { drawn } from './reveal.ts'
import { lateness, refix } from './refix.ts'
import { join } from './seat.ts'
import type { Battle, Decision } from './state.ts'

const seed = 'ab'.repeat(32)
const prizes = [{ sku: 'pebble', name: 'Pebble', rarity: 'common', value: toAmount(50n), weight: 1 }] as const
const box = { id: 'box', version: 1, name: 'Box', asset: PLAY_CREDIT, price: toAmount(100n), prizes } as const
const fixAt = (due_ms: number) => ({ source: 'chain:1', round: due_ms / 1_000, due_ms, anchor: 'aa' })

function after(decision: Decision): Battle {
  if (!decision.ok) throw new Error(decision.code)
  return decision.battle
}

const waiting = after(
  createBattle(
    {
      id: 'b',
      tenant: 'main',
      boxes: [box],
      mode: 'standard',
      seats: 2,
      unlisted: false,
      seedHash: hashSeed(seed),
      sealedSeed: 's',
      wait_ms: 60_000,
      reveal_ms: 1_000,
      creator: { user: 'ann', name: 'Ann', clientSeed: seed },
    },
    0,
  ),
)
const drawing = after(join(waiting, { seat: 1, user: 'bob', name: 'Bob', clientSeed: seed }, 500, fixAt(2_000)))

test('a value counts as fixed in time when its commit came a whole lead before it is due', () => {
  const lead_ms = 1_000
  expect(lateness(drawing, { committed_ms: 1_000, lead_ms })).toBe(0)
  expect(lateness(drawing, { committed_ms: 1_001, lead_ms })).toBe(1)
  expect(lateness(drawing, { committed_ms: 5_000, lead_ms })).toBe(4_000)
})

test('a later value takes the place of one that was fixed too late, is told, and decides', () => {
  const decision = refix(drawing, fixAt(9_000), 5_000)
  expect(decision).toMatchObject({
    ok: true,
    battle: { ...drawing, entropy: { ...fixAt(9_000), value: null } },
    effects: {
      transfers: [],
      events: [{ type: 'battle.refixed', payload: { battle: 'b', entropy: { round: 9, due_ms: 9_000 } } }],
      wake_at_ms: 9_000,
      finished: false,
    },
  })
  const next = after(decision)
  expect(drawn(next, { entropyValue: seed }, 8_999)).toMatchObject({ ok: false, code: 'battle/too-early' })
  expect(after(drawn(next, { entropyValue: seed }, 9_000)).entropy).toMatchObject({ round: 9, value: seed })
})

test('nobody can choose: only a later value that is not due yet, and only before the draw', () => {
  expect(() => refix(drawing, fixAt(2_000), 500)).toThrow(/no later one/)
  expect(() => refix(drawing, fixAt(1_000), 500)).toThrow(/no later one/)
  expect(() => refix(drawing, fixAt(3_000), 3_000)).toThrow(/no later one/)
  expect(refix(waiting, fixAt(9_000), 500)).toMatchObject({ ok: false, code: 'battle/too-early' })
  const revealing = after(drawn(drawing, { entropyValue: seed }, 2_000))
  expect(refix(revealing, fixAt(9_000), 3_000)).toMatchObject({ ok: false, code: 'battle/already-started' })
})
