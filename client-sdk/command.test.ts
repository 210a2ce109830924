import { expect, test } from 'vitest'
import type { BattleState } from '../schema/battle-state.ts'
import { Commands } from './command.ts'
import { FakeClock } from './fake-clock.ts'

const state = {} as BattleState
const refused = { code: 'battle/already-seated', message: 'You have a seat.', retry: false } as const

/** Commands over a wire that can be taken away. */
function commands() {
  const clock = new FakeClock()
  const wire = { up: true, sent: [] as { command: number }[] }
  const all = new Commands(clock, (_type, message) => {
    if (wire.up) wire.sent.push(message as { command: number })
    return wire.up
  })
  return { clock, wire, all }
}

const never = () => false
const always = () => true

test('a command resolves with its own reply', async () => {
  const { wire, all } = commands()
  const first = all.ask('leave', {}, never)
  const second = all.ask('cancel', {}, never)
  all.reply({ command: 2, ok: false, error: { code: 'battle/not-creator', message: '', retry: false } }, state)
  all.reply({ command: 1, ok: true }, state)
  expect(await first).toEqual({ command: 1, ok: true })
  await expect(second).rejects.toMatchObject({ code: 'battle/not-creator' })
  expect(wire.sent).toEqual([{ command: 1 }, { command: 2 }])
})

test('a command given while the wire is away is sent over the next one', async () => {
  const { wire, all } = commands()
  wire.up = false
  const asking = all.ask('leave', {}, never)
  wire.up = true
  all.resend()
  all.reply({ command: 1, ok: true }, state)
  expect(await asking).toMatchObject({ ok: true })
})

test('a command whose reply was lost counts as done when the state shows it', async () => {
  const { all } = commands()
  const asking = all.ask('join', { seat: 1, clientSeed: 'f'.repeat(64) }, always)
  all.resend()
  all.reply({ command: 1, ok: false, error: refused }, state)
  expect(await asking).toEqual({ command: 1, ok: true })
})

test('a first refusal counts, whatever the state shows', async () => {
  const { all } = commands()
  const asking = all.ask('join', { seat: 1, clientSeed: 'f'.repeat(64) }, always)
  all.reply({ command: 1, ok: false, error: refused }, state)
  await expect(asking).rejects.toMatchObject({ code: 'battle/already-seated' })
})

test('without a reply it is given up after 15 s', async () => {
  const { all, clock } = commands()
  const asking = all.ask('leave', {}, never)
  const refusal = expect(asking).rejects.toMatchObject({ code: 'matchmaking/unavailable' })
  await clock.pass(15_000)
  await refusal
})

test('an error without a number is of what was said last', async () => {
  const { all } = commands()
  const first = all.ask('leave', {}, never)
  const second = all.ask('leave', {}, never)
  all.refuseLast({ code: 'request/too-many', message: '', retry: true })
  await expect(second).rejects.toMatchObject({ code: 'request/too-many' })
  all.reply({ command: 1, ok: true }, state)
  expect(await first).toMatchObject({ ok: true })
})
