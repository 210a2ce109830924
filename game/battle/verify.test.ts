import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BattleProof } from '../../schema/http.ts'
import { accepted, ENTROPY, ENTROPY_VALUE, player, SERVER_SEED, waiting } from './arbitrary.ts'
import { resolve } from './draw.ts'
import { proofOf } from './proof.ts'
import { drawn } from './reveal.ts'
import { callBot, join } from './seat.ts'
import { settle } from './settle.ts'
import { verifyBattle } from './verify.ts'

const open = waiting({ seats: 3 })
const withBot = accepted(callBot(open, { seat: 1, by: 'ann' }, 2_000, ENTROPY)).battle
const drawing = accepted(join(withBot, player('bob', 2), 2_000, ENTROPY)).battle
const revealing = accepted(drawn(drawing, { entropyValue: ENTROPY_VALUE }, 9_000)).battle
const result = resolve(revealing, { serverSeed: SERVER_SEED, entropyValue: ENTROPY_VALUE })
const settled = accepted(settle(revealing, { serverSeed: SERVER_SEED, result }, 12_000)).battle
const proof = proofOf(settled)

const failing = (changed: Partial<BattleProof>, noted = {}) =>
  verifyBattle({ ...proof, ...changed }, noted)
    .stages.filter(({ ok }) => !ok)
    .map(({ name }) => name)

describe('a proof', () => {
  it('of a settled battle verifies in four stages', () => {
    const { ok, stages } = verifyBattle(proof)
    expect(stages.map(({ name }) => name)).toEqual(['seed', 'randomness', 'game', 'payout'])
    expect(stages.filter((stage) => !stage.ok)).toEqual([])
    expect(ok).toBe(true)
  })

  it('survives its way over JSON', () => {
    expect(verifyBattle(JSON.parse(JSON.stringify(proof)) as BattleProof).ok).toBe(true)
  })

  it('of an unsettled battle holds neither seed nor results, and fails for that', () => {
    for (const battle of [open, drawing, revealing]) {
      const early = proofOf(battle)
      expect(early).toMatchObject({ serverSeed: null, drops: [], winners: [], payouts: [] })
      expect(verifyBattle(early).ok).toBe(false)
    }
    expect(proofOf(open).seats).toHaveLength(1)
    expect(proofOf(open).entropy).toBeNull()
    expect(proofOf(drawing).entropy?.value).toBeNull()
  })

  it('never leaks what is sealed, not even from a state that holds it too early', () => {
    const careless = { ...revealing, serverSeed: SERVER_SEED, result, sealedSeed: 'sealed-by-the-key' }
    const text = JSON.stringify(proofOf(careless))
    expect(text).not.toContain(SERVER_SEED)
    expect(text).not.toContain('sealed')
    expect(proofOf(careless).drops).toEqual([])
    expect(JSON.stringify(proofOf({ ...settled, sealedSeed: 'sealed-by-the-key' }))).not.toContain('sealed-by')
  })
})

describe('verification', () => {
  it('fails in the stage that was tampered with', () => {
    const seats = proof.seats
    const drops = proof.drops
    const payouts = proof.payouts
    expect(failing({ seedHash: '00'.repeat(32) })).toEqual(['seed'])
    expect(failing({ boxesHash: '00'.repeat(32) })).toEqual(['randomness'])
    expect(failing({ price: '1' })).toEqual(['randomness'])
    expect(failing({ entropy: { ...proof.entropy!, round: 8 } })).toEqual(['randomness'])
    expect(failing({ entropy: { ...proof.entropy!, source: 'dice' } })).toEqual(['randomness'])
    expect(failing({ drops: drops.toReversed() })).toEqual(['game'])
    expect(failing({ drops: drops.slice(1) })).toEqual(['game'])
    expect(failing({ drops: drops.with(0, { ...drops[0]!, value: '1' }) })).toEqual(['game'])
    expect(failing({ winners: [0, 1, 2] })).toEqual(['payout'])
    expect(failing({ payouts: payouts.with(0, { ...payouts[0]!, amount: '999' }) })).toEqual(['payout'])
    expect(failing({ seats: seats.with(1, { ...seats[1]!, bot: false }) })).toEqual(['randomness'])
    expect(failing({ mode: 'unheard-of' })).toEqual(['randomness', 'game', 'payout'])
    expect(failing({ rounds: [0, 7] })).toEqual(['randomness', 'game', 'payout'])
  })

  it('holds the proof to what was noted beforehand', () => {
    const { seedHash, boxesHash, entropy } = proof
    const clientSeeds = [{ seat: 2, clientSeed: proof.seats[2]!.clientSeed }]
    const noted = { seedHash, boxesHash, anchor: entropy!.anchor, entropyRound: 7, clientSeeds }
    expect(failing({}, noted)).toEqual([])
    expect(failing({}, { ...noted, seedHash: '11'.repeat(32) })).toEqual(['seed'])
    for (const other of [
      { boxesHash: '11'.repeat(32) },
      { anchor: '11'.repeat(32) },
      { entropyRound: 6 },
      { clientSeeds: [{ seat: 2, clientSeed: '11'.repeat(32) }] },
      { clientSeeds: [{ seat: 5, clientSeed: '11'.repeat(32) }] },
    ]) {
      expect(failing({}, { ...noted, ...other })).toEqual(['randomness'])
    }
  })

  it('never throws and never passes a proof with one thing changed', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constant(''),
      fc.constant('-1'),
      fc.constant(null),
      fc.integer(),
      fc.constant([]),
    )
    const paths = pathsOf(proof).filter((path) => !unproven.has(path.at(-1)!))
    fc.assert(
      fc.property(fc.constantFrom(...paths), text, (path, value) => {
        const changed = structuredClone(proof)
        fc.pre(replace(changed, path, value))
        expect(verifyBattle(changed).ok).toBe(false)
      }),
      { numRuns: 500 },
    )
  })
})

/** What the four stages say nothing of: who the players are, and when the public value was due. */
const unproven = new Set(['user', 'due_ms'])

function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return path.length === 0 ? [] : [path]
  return Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...path, key]))
}

/** Puts `value` at `path`; false when it was there already, if only as text. */
function replace(target: object, path: readonly string[], value: unknown): boolean {
  let at = target as Record<string, unknown>
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
  const last = path.at(-1)!
  if (String(at[last]) === String(value)) return false
  at[last] = value
  return true
}
