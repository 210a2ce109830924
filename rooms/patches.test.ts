import { type Client, ClientState, SchemaSerializer } from '@colyseus/core'
import { expect, test, vi } from 'vitest'
import { newView, show, viewBytesMax } from './battle/view.ts'
import { ENTROPY, waiting } from '../game/battle/arbitrary.ts'
import { resolve } from '../game/battle/draw.ts'
import type { Battle } from '../game/battle/state.ts'
import { toAmount } from '../schema/amount.ts'
import { BattleState } from '../schema/battle-state.ts'
import { SessionState } from '../schema/session.ts'
import { clientSeed, BOX } from '../test/rooms.ts'
import { ownPatches } from './patches.ts'

test('what has been sent stays as it was while it waits to be taken', () => {
  const state = new SessionState()
  const serializer = new SchemaSerializer<SessionState>()
  serializer.reset(state)
  ownPatches({ _serializer: serializer, roomId: 'r' } as { roomId: string }, 1_000)
  const sent: Uint8Array[] = []
  const clients = [{ state: ClientState.JOINED, raw: (bytes: Uint8Array) => sent.push(bytes) }] as unknown as Client[]
  const copies: Uint8Array[] = []
  for (const name of ['Ann', 'Bob', 'Cyd']) {
    state.name = name
    serializer.applyPatches(clients, state)
    sent.push(serializer.getFullState() as Uint8Array)
    copies.push(...sent.slice(copies.length).map((bytes) => bytes.slice()))
  }
  expect(sent).toEqual(copies)
  expect(sent).toHaveLength(6)
})

test('the largest battle fits the buffer that is made for it', () => {
  const warned = vi.spyOn(console, 'warn')
  const prizes = BOX.prizes.map((prize) =>
    Object.assign({}, prize, { sku: 's'.repeat(70), value: toAmount(10n ** 15n) }),
  )
  const box = { ...BOX, id: 'b'.repeat(64), prizes }
  const created = waiting({ boxes: Array.from({ length: 50 }, () => box), seats: 6 })
  const seat = () => ({ user: crypto.randomUUID(), name: 'n'.repeat(40), clientSeed: clientSeed() })
  const battle: Battle = {
    ...created,
    phase: 'settled',
    seats: created.seats.map(() => Object.assign({}, created.seats[0], seat())),
    serverSeed: clientSeed(),
    reveal_from_ms: 1,
    entropy: { ...ENTROPY, value: clientSeed() },
  }
  const result = resolve(battle, { serverSeed: clientSeed(), entropyValue: clientSeed() })
  const shown = { battle: { ...battle, result }, result, connected: new Map(), now_ms: 1e12 }
  const state = newView({
    ...shown,
    battle: { ...battle, phase: 'waiting', reveal_from_ms: null, result: null },
    result: null,
  })
  const serializer = new SchemaSerializer<typeof state>()
  serializer.reset(state)
  ownPatches({ _serializer: serializer, roomId: 'r' } as { roomId: string }, viewBytesMax(battle))
  serializer.getFullState()
  show(state, shown)
  serializer.applyPatches([{ state: ClientState.JOINED, raw: () => {} }] as unknown as Client[], state)
  expect((serializer.getFullState() as Uint8Array).length).toBeLessThan(viewBytesMax(battle))
  expect(state.drops).toHaveLength(300)
  expect(warned).not.toHaveBeenCalled()
})

test('every room of a kind greets its clients as Colyseus would, and another kind otherwise', () => {
  const greetings = ([own, state]: [boolean, SessionState | BattleState]) => {
    const serializer = new SchemaSerializer<typeof state>()
    serializer.reset(state)
    if (own) ownPatches({ _serializer: serializer, roomId: 'r' } as { roomId: string }, 1_000)
    return serializer.handshake()
  }
  for (const kind of [SessionState, BattleState])
    expect(greetings([true, new kind()])).toEqual(greetings([false, new kind()]))
  expect(greetings([true, new BattleState()])).toBe(greetings([true, new BattleState()]))
  expect(greetings([true, new BattleState()])).not.toEqual(greetings([true, new SessionState()]))
})
