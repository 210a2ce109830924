import { loadConfigOrExit } from './config.ts'
import { startServer, type RunningServer } from './server/start.ts'

/** The one process of RollingDrop: starts everything, says where it is, and on a signal stops everything in order. */
const config = loadConfigOrExit()
const running = startServer(config)
let ending = false

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(running, 0))

try {
  const { url } = await running
  process.stdout.write(`RollingDrop is ready: ${url}\n`)
} catch (error) {
  process.stderr.write(`RollingDrop could not start: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

/** Waits for a start that is under way, so that nothing it started is left behind. */
async function end(server: Promise<RunningServer>, code: number): Promise<void> {
  if (ending) return
  ending = true
  await server.then((started) => started.stop()).catch(() => {}) // a failed start has cleaned up after itself
  process.exit(code)
}
