import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { BattleProof } from '../../schema/http.ts'
import { verifyBattle } from '../battle/verify.ts'
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
    for (const { proof } of vectors.battles) {
      const { ok, stages } = verifyBattle(proof, { anchor: vectors.chain.head })
      expect(stages.filter((stage) => !stage.ok)).toEqual([])
      expect(ok).toBe(true)
    }
  })

  it('are quoted by the page as they are', () => {
    const { serverSeed, botSeeds, lines, boxes, commitment, chain, battles } = vectors
    const [plain, tied] = battles
    const quoted = [
      [serverSeed.seed, serverSeed.hash, botSeeds[0]!.bytes, botSeeds[0]!.seed, lines[0]!.mac, lines[0]!.words],
      boxes.map(({ canonicalJson, hash }) => [canonicalJson, hash]),
      [commitment.canonicalJson, commitment.hash, chain.head, chain.values],
      vectors.draws.map(({ n, bound, blocks, drawn }) => [n, bound, drawn, blocks]),
      plain!.tickets.map(({ ticket }) => ticket),
      tied!.tieNumbers.map(({ number }) => number),
    ].flat(4)
    expect(quoted.filter((value) => !page.includes(value))).toEqual([])
    expect(page.replaceAll(/\s/g, '')).toContain(lines[0]!.bytes)
  })
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
