import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { verifyBeacon } from '../../client-sdk/verify-beacon.ts'
import { battleModes } from '../../schema/battle-mode.ts'
import type { BattleProof } from '../../schema/http.ts'
import { verifyBattle } from '../battle/verify.ts'
import { verifyOpening } from '../opening/verify.ts'
import { buildVectors } from './vectors.ts'

const file = new URL('vectors.json', import.meta.url)
const page = readFileSync(new URL('../fairness.md', import.meta.url), 'utf8')
if (process.env['UPDATE_VECTORS']) writeFileSync(file, `${JSON.stringify(buildVectors(), null, 2)}\n`)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as ReturnType<typeof buildVectors>

describe('the test vectors', () => {
  it('are what the algorithm gives', () => {
    expect(buildVectors()).toEqual(vectors)
  })

  it('reach a second word, a second block and a tie', () => {
    const [, secondWord, secondBlock] = vectors.draws
    expect(secondWord!.drawn).not.toBe(secondWord!.blocks[0]![0])
    expect(secondBlock!.blocks).toHaveLength(2)
    expect(vectors.battles.some(({ tieNumbers }) => tieNumbers.length > 2)).toBe(true)
  })

  it('hold battles that verify', () => {
    const beacon = vectors.options.filter(({ proof }) => proof.entropy!.source.startsWith('drand:'))
    expect(beacon).toHaveLength(1)
    for (const { proof } of [...vectors.battles, ...vectors.options]) {
      const noted = proof === beacon[0]!.proof ? {} : { anchor: vectors.chain.head }
      const { ok, stages } = verifyBattle(proof, noted, verifyBeacon)
      expect(stages.filter((stage) => !stage.ok)).toEqual([])
      expect(ok).toBe(true)
    }
  })

  it('cover every mode, teams, credit and what a sponsor pays', () => {
    const { battles, options } = vectors
    const proofs = [...battles, ...options].map(({ proof }) => proof)
    expect(new Set(proofs.map(({ mode }) => mode))).toEqual(new Set(battleModes))
    expect(new Set(proofs.map(({ teamSize }) => teamSize ?? 1))).toEqual(new Set([1, 2, 3]))
    expect(proofs.some(({ sponsor }) => sponsor === 33)).toBe(true)
    expect(options.some(({ lent }) => BigInt(lent) > 0n)).toBe(true)
    expect(options.some(({ proof }) => proof.payouts.some(({ asset }) => asset === proof.asset))).toBe(true)
  })

  it('are quoted by the page as they are', () => {
    const { serverSeed, botSeeds, lines, boxes, commitment, chain, battles, options, solo } = vectors
    const named = (name: string) => options.find((each) => each.name === name)!
    const paid = ({ proof }: (typeof options)[number]) => proof.payouts.map(({ asset, amount }) => `${amount} ${asset}`)
    const drand = named('decided by drand').proof.entropy!
    const jackpot = named('mode crazy-jackpot')
    const level = named('teams level with each other')
    const [plain, tied] = battles
    const quoted = [
      [serverSeed.seed, serverSeed.hash, botSeeds[0]!.bytes, botSeeds[0]!.seed, lines[0]!.mac, lines[0]!.words],
      boxes.map(({ canonicalJson, hash }) => [canonicalJson, hash]),
      [commitment.canonicalJson, commitment.hash, chain.head, chain.values],
      vectors.draws.map(({ n, bound, blocks, drawn }) => [n, bound, drawn, blocks]),
      plain!.tickets.map(({ ticket }) => ticket),
      tied!.tieNumbers.map(({ number }) => number),
      [named('mode shared').pot, named('mode shared').shares, paid(named('mode shared'))],
      [jackpot.scores, jackpot.jackpot!.odds, jackpot.jackpot!.n, jackpot.jackpot!.ticket],
      [level.rule, level.tieNumbers!.map(({ number }) => number)],
      [named('on credit').lent, named('on credit').shares, paid(named('on credit'))],
      [solo.line.mac, solo.line.words, solo.rejected.words, solo.rejected.drawn, solo.openings[0]!.tickets],
      [drand.source, `${drand.round}`, `${drand.due_ms}`, drand.value!, drand.signature!],
    ].flat(4)
    expect(quoted.filter((value) => !page.includes(value))).toEqual([])
    const unbroken = page.replaceAll(/\s/g, '')
    for (const long of [lines[0]!.bytes, solo.line.bytes, drand.anchor]) expect(unbroken).toContain(long)
  })
})

describe('solo openings', () => {
  const { openings, knownBad, rejected } = vectors.solo

  it('verify, and one of their draws rejects a word', () => {
    for (const { proof } of openings) expect(verifyOpening(proof).stages.filter(({ ok }) => !ok)).toEqual([])
    expect(rejected.words[0]).not.toBe(rejected.drawn)
  })

  for (const [name, { proof, noted, fails }] of Object.entries(knownBad)) {
    it(`${name}: caught in ${fails.join(' and ')}, and nowhere else`, () => {
      const failed = verifyOpening(proof, noted).stages.filter(({ ok }) => !ok)
      expect(failed.map(({ name: stage }) => stage)).toEqual(fails)
    })
  }
})

describe('the known ways to get it wrong', () => {
  const { floatModulo, ...cheats } = vectors.knownBad

  it('take digits through a float, which gives other numbers than the hash holds', () => {
    for (const { digits, skewed, exact } of floatModulo) {
      expect(skewed).not.toBe(exact)
      expect(Number(BigInt(`0x${digits}`) % 100_000n)).toBe(exact)
    }
  })

  for (const [name, { proof, noted, fails }] of Object.entries(cheats)) {
    it(`${name}: caught in the stage ${fails.join()}`, () => {
      const failed = verifyBattle(proof, noted).stages.filter((stage) => !stage.ok)
      for (const stage of fails) expect(failed.map(({ name: failing }) => failing)).toContain(stage)
    })
  }

  it('are each caught by what they get wrong, not by something else', () => {
    const failures = (proof: BattleProof, noted?: object) =>
      verifyBattle(proof, noted)
        .stages.filter(({ ok }) => !ok)
        .map(({ name }) => name)
    const late = cheats.serverSeedChosenAfterTheClientSeeds
    expect(failures(late.proof)).toEqual([])
    expect(failures(late.proof, late.noted)).toEqual(['seed'])
    expect(failures(cheats.botSeedChosen.proof)).toEqual(['randomness'])
    expect(failures(cheats.drawnFromThePublishedHash.proof)[0]).toBe('game')
  })
})
