import { answers, localEndpoint } from './endpoint.ts'
import { startServer, type Server } from './server.ts'

/**
 * The server at `endpoint` where one answers; otherwise one of our own, there or, without an endpoint, on a free port. `stop`
 * stops only what was started here; a signal stops it, too. `env`: settings of one of our own.
 */
export async function serverFor(
  endpoint: string | undefined,
  log: (line: string) => void,
  env: Readonly<Record<string, string>> = {},
): Promise<Pick<Server, 'url' | 'stop'>> {
  const url = endpoint === undefined ? undefined : localEndpoint(endpoint)
  if (url && (await answers(url))) return { url, stop: async () => {} }
  log(url ? `nobody answers at ${url}: starting a server there` : 'starting a server with data of its own')
  const starting = startServer({ env, ...(url && { port: Number(new URL(url).port) }) })
  const isEnding = stopOnSignals(starting)
  const server = await starting
  return isEnding() ? new Promise(() => {}) : server
}

/** Waits for a start that is under way, because a server nobody waits for would be left behind, and then ends the process. */
function stopOnSignals(starting: Promise<Server>): () => boolean {
  let isEnding = false
  const end = async (code: number) => {
    isEnding = true
    await starting.then((server) => server.stop()).catch(() => {}) // whoever started it tells why it could not be
    process.exit(code)
  }
  process.once('SIGINT', () => void end(130))
  process.once('SIGHUP', () => void end(129))
  process.once('SIGTERM', () => void end(143))
  return () => isEnding
}
