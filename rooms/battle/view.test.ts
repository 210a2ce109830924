import { type Client, ClientState, SchemaSerializer } from '@colyseus/core'
import { expect, test } from 'vitest'
import { accepted, ENTROPY, ENTROPY_VALUE, player, SERVER_SEED, waiting } from '../../game/battle/arbitrary.ts'
import { resolve } from '../../game/battle/draw.ts'
import { PLAIN_BOX } from '../../game/battle/plain-box.ts'
import { drawn } from '../../game/battle/reveal.ts'
import { join } from '../../game/battle/seat.ts'
import type { Battle, Result } from '../../game/battle/state.ts'
import { itemAsset, PLAY_CREDIT } from '../../schema/asset.ts'
import { ownPatches } from '../patches.ts'
import { newView, show, viewBytesMax } from './view.ts'

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

test('up to a round every byte is the same, whatever later rounds, the winner and the pot will be', () => {
  const rounds = 6
  const boxes = Array.from({ length: rounds }, () => PLAIN_BOX)
  const full = accepted(join(waiting({ boxes, seats: 2 }), player('bob', 1), 2_000, ENTROPY)).battle
  const { battle } = accepted(drawn(full, { entropyValue: ENTROPY_VALUE }, ENTROPY.due_ms))
  const resultOf = (serverSeed: string) => resolve(battle, { serverSeed, entropyValue: ENTROPY_VALUE })
  const known = resultOf(SERVER_SEED)
  const all = bytesOf(battle, known)
  expect(all).toHaveLength(rounds + 1)
  let different = 0
  for (let seed = 0; seed < 40; seed++) {
    const other = resultOf(seed.toString(16).padStart(64, '0'))
    for (let round = 0; round < rounds; round++) {
      const pulls = [
        ...known.pulls.filter((pull) => pull.round < round),
        ...other.pulls.filter((pull) => pull.round >= round),
      ]
      const shown = bytesOf(battle, { ...other, pulls })
      expect(shown.slice(0, round + 1)).toEqual(all.slice(0, round + 1))
      if (Buffer.compare(Buffer.concat(shown), Buffer.concat(all)) !== 0) different++
    }
  }
  expect(different).toBeGreaterThan(0)
})

/** What a socket is sent: the state as the reveal begins, then what changes with each round. */
function bytesOf(battle: Battle, result: Result): Buffer[] {
  const shownAt = (revealed: number) => ({
    battle,
    result,
    connected: new Map<string, number>(),
    now_ms: battle.reveal_from_ms! + (revealed - 1) * battle.reveal_ms,
  })
  const state = newView(shownAt(0))
  const serializer = new SchemaSerializer<typeof state>()
  serializer.reset(state)
  ownPatches({ _serializer: serializer, roomId: 'r' } as { roomId: string }, viewBytesMax(battle))
  const sent = [Buffer.from(serializer.getFullState() as Uint8Array)]
  const client = { state: ClientState.JOINED, raw: (bytes: Uint8Array) => sent.push(Buffer.from(bytes)) }
  for (const round of battle.rounds.keys()) {
    show(state, shownAt(round + 1))
    serializer.applyPatches([client] as unknown as Client[], state)
  }
  return sent
}
