import { createVitest, parseCLI } from 'vitest/node'
import LastLineReporter from '../test/reporter.ts'
import { installServices } from './install-services.ts'

// Filters and options are vitest's own: `npm test -- ledger -t fence`.
const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)])
const lastLine = new LastLineReporter()
// At the very end of the process, after whatever else still has something to say.
process.on('exit', (code) => {
  if (code === 0 && lastLine.counts.failed > 0) process.exitCode = 1
  console.log(lastLine.line(code !== 0))
})

await installServices()
const vitest = await createVitest('test', { ...options, watch: false, reporters: ['default', lastLine] })
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // vitest would end at once; its teardown is what stops the tests' Postgres. A second signal does end at once.
  process.removeAllListeners(signal)
  process.once(signal, () => {
    process.once(signal, () => process.exit(130))
    process.exitCode = 130
    void vitest.cancelCurrentRun('keyboard-input')
  })
}
try {
  await vitest.start(filter)
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await vitest.close()
}
