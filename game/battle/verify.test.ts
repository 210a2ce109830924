import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BattleProof } from '../../schema/http.ts'
import { accepted, ENTROPY, ENTROPY_VALUE, newBattle, player, playToEnd, SERVER_SEED, waiting } from './arbitrary.ts'
import { PLAIN_BOX } from './plain-box.ts'
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

  it('takes nothing for what it merely looks like', () => {
    const { payouts, winners, boxes } = proof
    const [box] = boxes
    for (const price of ['0250', '0xfa', ' 250', '250 ', '+250', '2_50', '-0', '', '2.5e2']) {
      expect(failing({ boxes: [{ ...box!, price }] })).toContain('randomness')
      const prizes = box!.prizes.with(0, { ...box!.prizes[0]!, value: `0${box!.prizes[0]!.value}` })
      expect(failing({ boxes: [{ ...box!, prizes }] })).toContain('randomness')
    }
    const asText = (value: unknown) => value as never
    expect(failing({ winners: asText(winners.map(String)) })).toEqual(['payout'])
    expect(failing({ winners: asText(winners.join()) })).toEqual(['payout'])
    const [first] = payouts
    expect(failing({ payouts: payouts.with(0, { ...first!, amount: asText(Number(first!.amount)) }) })).toEqual([
      'payout',
    ])
    expect(failing({ payouts: payouts.with(0, { ...first!, seat: asText(`${first!.seat}`) }) })).toEqual(['payout'])
  })

  it('compares payouts one by one, not as text joined', () => {
    const kept = proofOf(
      playToEnd(newBattle({ mode: 'group', boxes: Array.from({ length: 9 }, () => PLAIN_BOX) }), [0]),
    )
    const [one, two, ...others] = kept.payouts
    const asset = `${one!.asset} ${one!.amount},${two!.seat} ${two!.asset}`
    const stages = verifyBattle({ ...kept, payouts: [{ ...two!, seat: one!.seat, asset }, ...others] }).stages
    expect(stages.map(({ ok }) => ok)).toEqual([true, true, true, false])
    expect(verifyBattle(kept).ok).toBe(true)
  })

  it('knows a number from its text, wherever either stands', () => {
    const twin = (value: unknown) => {
      if (typeof value === 'number' || typeof value === 'boolean') return String(value)
      return typeof value === 'string' && /^\d+$/.test(value) && value.length < 16 ? Number(value) : undefined
    }
    const paths = pathsOf(proof).filter((path) => !unproven.has(path.at(-1)!) && twin(at(proof, path)) !== undefined)
    expect(paths.length).toBeGreaterThan(20)
    for (const path of paths) {
      const changed = structuredClone(proof)
      const parent = at(changed, path.slice(0, -1)) as Record<string, unknown>
      parent[path.at(-1)!] = twin(at(proof, path))
      expect([path.join('.'), verifyBattle(changed).ok]).toEqual([path.join('.'), false])
    }
  })

  it('refuses options that no battle has', () => {
    const borrowing = proof.seats.with(0, { ...proof.seats[0]!, borrow: 91 })
    for (const changed of [
      { teamSize: 2 },
      { teamSize: 0 },
      { sponsor: 101 },
      { seats: borrowing },
      { mode: 'crazy' },
    ]) {
      expect(failing(changed)[0]).toBe('randomness')
    }
    const bots = proof.seats.with(1, { ...proof.seats[1]!, borrow: 10 })
    expect(failing({ seats: bots })).toContain('randomness')
    expect(
      failing({ seats: proof.seats.with(result.winners[0]!, { ...proof.seats[result.winners[0]!]!, borrow: 10 }) }),
    ).toContain('payout')
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

function at(target: unknown, path: readonly string[]): unknown {
  return path.reduce((each, key) => (each as Record<string, unknown>)[key], target)
}

/** Puts `value` at `path`; false when it was there already. */
function replace(target: object, path: readonly string[], value: unknown): boolean {
  const parent = at(target, path.slice(0, -1)) as Record<string, unknown>
  const last = path.at(-1)!
  if (JSON.stringify(parent[last]) === JSON.stringify(value)) return false
  parent[last] = value
  return true
}
