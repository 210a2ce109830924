import { answers, localEndpoint } from './endpoint.ts'
import { startServer, type Server } from './server.ts'

/**
 * The server at `endpoint` where one answers; otherwise one of our own, there or, without an endpoint, on a free port. `stop`
 * stops only what was started here; a signal stops it, too.
 */
export async function serverFor(
  endpoint: string | undefined,
  log: (line: string) => void,
): Promise<Pick<Server, 'url' | 'stop'>> {
  const url = endpoint === undefined ? undefined : localEndpoint(endpoint)
  if (url && (await answers(url))) return { url, stop: async () => {} }
  log(url ? `nobody answers at ${url}: starting a server there` : 'starting a server with data of its own')
  const server = await startServer(url ? { port: Number(new URL(url).port) } : {})
  stopOnSignals(server)
  return server
}

function stopOnSignals(server: Server): void {
  const end = (code: number) => void server.stop().finally(() => process.exit(code))
  process.once('SIGINT', () => end(130))
  process.once('SIGTERM', () => end(143))
}
