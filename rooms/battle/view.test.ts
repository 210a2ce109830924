import { expect, test } from 'vitest'
import { accepted, ENTROPY, ENTROPY_VALUE, player, SERVER_SEED, waiting } from '../../game/battle/arbitrary.ts'
import { resolve } from '../../game/battle/draw.ts'
import { drawn } from '../../game/battle/reveal.ts'
import { join } from '../../game/battle/seat.ts'
import { itemAsset, PLAY_CREDIT } from '../../schema/asset.ts'
import { newView, show } from './view.ts'

test('a clock that is set back takes nothing back that was shown', () => {
  const full = accepted(join(waiting(), player('bob', 1), 2_000, ENTROPY)).battle
  const { battle } = accepted(drawn(full, { entropyValue: ENTROPY_VALUE }, ENTROPY.due_ms))
  const result = resolve(battle, { serverSeed: SERVER_SEED, entropyValue: ENTROPY_VALUE })
  const shownAt = (now_ms: number) => ({ battle, result, connected: new Map<string, number>(), now_ms })
  const state = newView(shownAt(battle.reveal_from_ms! + battle.reveal_ms))
  const totals = state.seats.map(({ total }) => total)
  expect([state.revealed, state.drops.length]).toEqual([2, 4])
  show(state, shownAt(battle.reveal_from_ms! - 1))
  expect([state.revealed, state.drops.length]).toEqual([2, 4])
  expect(state.seats.map(({ total }) => total)).toEqual(totals)
})

test('what is paid in money for want of stock is told from the start on, and not before', () => {
  const battle = waiting({ limited: ['pebble', 'comet'] })
  const shownNow = (at: typeof battle) => ({
    battle: at,
    result: null,
    connected: new Map<string, number>(),
    now_ms: 0,
  })
  const state = newView(shownNow(battle))
  expect(state.inMoney.toJSON()).toEqual([])
  const inStock = new Map([[itemAsset('comet', PLAY_CREDIT), 4n]])
  show(state, shownNow(accepted(join(battle, player('bob', 1), 2_000, { ...ENTROPY, inStock })).battle))
  expect(state.inMoney.toJSON()).toEqual(['pebble'])
})
