import { expect, test } from 'vitest'
import type { BattleState } from '../schema/battle-state.ts'
import { Notes } from './notes.ts'

const seen = (more: Partial<BattleState> = {}) =>
  ({
    battle: 'b',
    seedHash: 's',
    boxesHash: 'x',
    entropySource: '',
    entropyRound: 0,
    entropyDue: 0,
    entropy: '',
    ...more,
  }) as BattleState

test('the first sight counts, whatever a server says later', () => {
  const notes = new Notes()
  notes.saw(seen())
  notes.saw(seen({ seedHash: 'other', entropySource: 'chain:1', entropyRound: 7 }))
  notes.saw(seen({ entropySource: 'chain:1', entropyRound: 8, entropy: 'drawn' }))
  expect(notes.of('b')).toEqual({ seedHash: 's', boxesHash: 'x', entropyRound: 7 })
})

const round = (entropyRound: number, entropyDue: number, now: number, entropySource = 'drand:x') =>
  seen({ entropySource, entropyRound, entropyDue, now })

test('a later round may come to decide where the first was fixed late, or nobody can tell', () => {
  const notes = new Notes()
  notes.saw(round(7, 10_000, 4_001))
  notes.saw(round(6, 7_000, 5_000))
  expect(notes.of('b').entropyRound).toBe(7)
  notes.saw(round(9, 16_000, 10_000))
  expect(notes.of('b').entropyRound).toBe(9)
  // Another chain may follow one that has ended: its rounds count from 0.
  const chains = new Notes()
  chains.saw(round(7, 10_000, 1, 'chain:1'))
  chains.saw(round(0, 11_000, 10_000, 'chain:2'))
  expect(chains.of('b').entropyRound).toBe(0)
})

test('whoever was away while a later round was fixed and drawn takes it, unless the first was seen in time', () => {
  const drawn = seen({ entropySource: 'drand:x', entropyRound: 9, entropyDue: 16_000, now: 16_500, entropy: 'drawn' })
  const late = new Notes()
  late.saw(round(7, 10_000, 4_001))
  late.saw(drawn)
  expect(late.of('b').entropyRound).toBe(9)
  const inTime = new Notes()
  inTime.saw(round(7, 10_000, 4_000))
  inTime.saw(drawn)
  expect(inTime.of('b').entropyRound).toBe(7)
  // An earlier one than was seen never takes its place: it may have been known.
  const back = new Notes()
  back.saw(round(11, 22_000, 17_000))
  back.saw(drawn)
  expect(back.of('b').entropyRound).toBe(11)
})

test('a round of drand that was seen two rounds ahead stays the one that decides', () => {
  const notes = new Notes()
  notes.saw(round(7, 10_000, 4_000))
  notes.saw(round(9, 16_000, 10_001))
  expect(notes.of('b').entropyRound).toBe(7)
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
