import fc from 'fast-check'
import { test } from 'vitest'
import { commands } from './commands.ts'
import { openMemorySpecStore } from './memory-store.ts'
import { Model } from './model.ts'

test('2,000 random sequences agree with the oracle, in memory', { timeout: 120_000 }, async () => {
  const run = fc.asyncProperty(commands(24), async (sequence) => {
    const store = await openMemorySpecStore()
    const nodes = [await store.open(), await store.open()]
    await new Model(store, nodes).run(sequence)
    await Promise.all(nodes.map((node) => node.close()))
  })
  await fc.assert(run, { numRuns: 2_000 }) // a failure prints its seed and path: put them beside numRuns to see it again
})
