import { parseArgs } from 'node:util'
import { runSeed } from './run.ts'

const HELP = `npm run sim -- [--seeds 100] [--from 1] [--seed N]
Runs a cluster of nodes, players and spectators in this process, on one seed after the other: with kills, pauses, networks
that lose and double, clocks that jump. Ends with one line of JSON; the exit code is 1 when a promise was broken. A seed
that fails prints what happened last; --seed N runs it again, exactly the same.`

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

function whole(text: string, name: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new Error(`--${name} is a whole number, not ${text}`)
}

async function simulate(from: number, count: number): Promise<void> {
  const began = performance.now()
  let digest = ''
  const sums = { failed: 0, steps: 0, messages: 0, commits: 0, late_starts: 0 }
  for (let seed = from; seed < from + count; seed++) {
    const run = await runSeed(seed)
    digest = run.digest
    sums.steps += run.steps
    sums.messages += run.messages
    sums.commits += run.commits
    sums.late_starts += run.lateStarts
    if (run.broken.length === 0) continue
    sums.failed += 1
    process.stdout.write(`${run.last.join('\n')}\nseed ${seed}: ${run.broken.join('\n')}\n`)
    process.stdout.write(`the same again: npm run sim -- --seed ${seed}\n`)
  }
  const ms = Math.round(performance.now() - began)
  const line = { sim: count, ...sums, seed_from: from, ms, ...(count === 1 && { digest }) }
  process.stdout.write(`${JSON.stringify(line)}\n`)
  process.exitCode = sums.failed === 0 ? 0 : 1
}

if (values.help) process.stdout.write(`${HELP}\n`)
else if (values.seed !== undefined) await simulate(whole(values.seed, 'seed'), 1)
else await simulate(whole(values.from, 'from'), whole(values.seeds, 'seeds'))
