import { expect, test } from 'vitest'
import { runSeed } from './run.ts'
import { tellBeforeCommit, wildClocks, withoutFence } from './sabotage.ts'
import type { Sabotage } from './world.ts'

/** The first seed whose run breaks a promise with this sabotage, and what it breaks. */
async function firstFound(sabotage: Sabotage, seeds_max: number) {
  for (let seed = 1; seed <= seeds_max; seed++) {
    const { broken } = await runSeed(seed, sabotage)
    if (broken.length > 0) return { seed, broken }
  }
  return undefined
}

test('twenty clusters with everything that can go wrong keep every promise', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { broken, commits, messages } = await runSeed(seed)
    expect({ seed, broken }).toEqual({ seed, broken: [] })
    expect(Math.min(commits, messages)).toBeGreaterThan(0)
  }
}, 10_000)

test('the same seed is the same run to the last step, and another seed is another', async () => {
  const [once, again, other] = [await runSeed(7), await runSeed(7), await runSeed(8)]
  expect(again).toEqual(once)
  expect(other.digest).not.toBe(once.digest)
})

test('without the fence it is seen that two activations commit', async () => {
  const found = await firstFound(withoutFence, 60)
  expect(found?.broken.join('\n')).toMatch(/the escrow holds|became|committed twice|commits after/)
})

test('it is seen when clients are told before the commit', async () => {
  const found = await firstFound(tellBeforeCommit, 3)
  expect(found?.broken.join('\n')).toContain('which is not committed')
})

test('it is seen when a round is shown before its time', async () => {
  const found = await firstFound(wildClocks, 20)
  expect(found?.broken.join('\n')).toMatch(/before its (time|last round)/)
})

test('a run that fails shows what happened last', async () => {
  const { broken, last } = await runSeed(1, tellBeforeCommit)
  expect(last.at(-1)).toContain(`BROKEN: ${broken.at(-1)}`)
  expect(last.length).toBeGreaterThan(20)
})
