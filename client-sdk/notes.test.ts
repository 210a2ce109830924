import { expect, test } from 'vitest'
import type { BattleState } from '../schema/battle-state.ts'
import { Notes } from './notes.ts'

const seen = (more: Partial<BattleState> = {}) =>
  ({ battle: 'b', seedHash: 's', boxesHash: 'x', entropySource: '', entropyRound: 0, ...more }) as BattleState

test('the first sight counts, whatever a server says later', () => {
  const notes = new Notes()
  notes.saw(seen())
  notes.saw(seen({ seedHash: 'other', entropySource: 'chain:1', entropyRound: 7 }))
  notes.saw(seen({ entropySource: 'chain:1', entropyRound: 8 }))
  expect(notes.of('b')).toEqual({ seedHash: 's', boxesHash: 'x', entropyRound: 7 })
})

test('a client seed is remembered with its seat, until the seat is given up', () => {
  const notes = new Notes()
  notes.gave('b', 0, 'a')
  notes.saw(seen())
  expect(notes.of('b')).toEqual({ seedHash: 's', boxesHash: 'x', clientSeeds: [{ seat: 0, clientSeed: 'a' }] })
  notes.leftSeats('b')
  expect(notes.of('b')).toEqual({ seedHash: 's', boxesHash: 'x' })
})

test('a state before its first sync leaves no note', () => {
  const notes = new Notes()
  notes.saw(seen({ seedHash: '' }))
  expect(notes.of('b')).toEqual({})
})

test('the oldest notes make room', () => {
  const notes = new Notes()
  for (let i = 0; i < 600; i++) notes.gave(`b${i}`, 0, 'a')
  expect(notes.of('b0')).toEqual({})
  expect(notes.of('b599')).not.toEqual({})
})
