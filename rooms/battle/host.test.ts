import { expect, test } from 'vitest'
import { BATTLE, ENTROPY, newBattle, waiting } from '../../game/battle/arbitrary.ts'
import { battleToJson } from '../../game/battle/stored.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { openMemoryLedger } from '../../ledger/memory/open.ts'
import { digestOf } from '../../schema/digest.ts'
import { timeOf, type OutcomeId } from '../../schema/uuid.ts'
import { stillClock } from '../../test/still-clock.ts'
import { BattleHost } from './host.ts'
import { battleActor } from './rules.ts'

const START_MS = timeOf(BATTLE)
const id = battleActor(BATTLE)
const quiet = { info: () => {}, warn: () => {}, error: () => {} }

/** A waiting battle that nobody acts for, and a node whose calls for actors `spoil` may break. */
async function openHost(spoil: (real: Ledger['actors']) => Partial<Ledger['actors']>, isOver = false) {
  const clock = stillClock(START_MS)
  const { ledger, close } = await openMemoryLedger({ now_ms: () => clock.now() })
  const { expires_ms, ...battle } = { ...waiting(), expires_ms: START_MS + newBattle().wait_ms }
  const state = battleToJson({ ...battle, expires_ms, phase: isOver ? 'cancelled' : battle.phase })
  const clients: unknown[] = []
  await ledger.commit({
    id: BATTLE as OutcomeId,
    kind: 'battle.create',
    tenant: 'main',
    request: digestOf(id),
    transfers: [],
    actor: { id, kind: 'battle', epoch: 0, version: 0, state, wake_at_ms: expires_ms, finished: isOver },
    events: [{ type: 'money.moved', payload: {} }],
  })
  const { actors } = ledger
  const activate = actors.activate.bind(actors)
  const release = actors.release.bind(actors)
  Object.assign(actors, spoil({ ...actors, activate, release }))
  const host = new BattleHost({
    clock,
    mailbox_max: 10,
    log: quiet,
    process: 'p',
    ledger,
    node: { id: 'here', isQuiet: false, addressOf: async () => undefined },
    entropy: {
      fix: () => ENTROPY,
      value: () => new Promise(() => {}),
      lead_ms: async () => 0,
      published: () => [],
      close: () => {},
    },
    sealer: { seal: (text) => text, open: (sealed) => sealed, word: (context) => context },
    openRoom: async () => ({ room: { clients, move: async () => {} } }),
  })
  return { host, clock, clients, actors, close }
}

test('a battle whose activation was answered with a broken connection is taken up all the same', async () => {
  let breaks = true
  const { host, close } = await openHost((real) => ({
    async activate(...wanted) {
      const row = await real.activate(...wanted)
      if (breaks) throw new Error('the connection broke')
      return row
    },
  }))
  await expect(host.place(BATTLE)).rejects.toThrow('broke')
  breaks = false
  await host.claim(10)
  expect(host.count).toBe(1)
  await close()
})

test('a battle that could not be given back is taken up again', async () => {
  let breaks = true
  const { host, clock, actors, close } = await openHost((real) => ({
    release: (actor) => (breaks ? Promise.reject(new Error('the connection broke')) : real.release(actor)),
  }))
  await host.place(BATTLE)
  clock.move(25_000)
  await host.sweep()
  expect([host.count, (await actors.find(id))!.node]).toEqual([0, 'here'])
  breaks = false
  await host.claim(10)
  expect(host.count).toBe(1)
  clock.move(25_000)
  await host.sweep()
  expect([host.count, (await actors.find(id))!.node]).toEqual([0, null])
  await close()
})

test('a battle that is over stays while somebody looks at it, or is on the way, and not for long after', async () => {
  const { host, clock, clients, close } = await openHost(() => ({}), true)
  await host.place(BATTLE)
  await host.sweep()
  expect(host.count).toBe(1)
  clients.push('somebody')
  clock.move(30_000)
  await host.sweep()
  expect(host.count).toBe(1)
  clients.pop()
  await host.sweep()
  expect(host.count).toBe(0)
  await host.place(BATTLE)
  clock.move(3_000)
  await host.sweep()
  expect(host.count).toBe(0)
  await close()
})
