import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Each is a program of node_modules/.bin; all run, so that one look shows everything there is to mend. */
const CHECKS = [
  { name: 'format', run: ['oxfmt', '--check', '.'] },
  { name: 'lint', run: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types', run: ['tsc', '--noEmit', '--pretty'] },
  { name: 'arrows', run: ['depcruise', '--config', '.dependency-cruiser.mjs', '--output-type', 'err', '.'] },
  { name: 'dead code', run: ['knip', '--no-progress'] },
] as const

const failed: string[] = []
for (const { name, run } of CHECKS) {
  const [program, ...args] = run
  const began_ms = performance.now()
  const path = join(import.meta.dirname, '..', 'node_modules', '.bin', program)
  // The tools are told to run on this very Node: the one on the PATH may be too old for them.
  const done = spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' })
  const took_s = ((performance.now() - began_ms) / 1000).toFixed(1)
  if (done.status !== 0) {
    failed.push(name)
    console.log(`${done.stdout}${done.stderr}`.trim())
  }
  console.log(`check ${name}: ${done.status === 0 ? 'ok' : 'FAILED'} (${took_s} s)`)
}
console.log(failed.length === 0 ? 'check: ok' : `check: failed in ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
