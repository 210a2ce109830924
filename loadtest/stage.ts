import { Proxy } from './proxy.ts'
import { scenarioNames, type ScenarioName, type Tools } from './scenario/scenarios.ts'
import { serverFor } from './server-for.ts'

export type Wanted = ScenarioName | 'mixed'

/** Where a scenario is played: `url` leads to the server, through a proxy of our own where sockets are to be cut. */
export type Stage = Readonly<{ url: string; tools: Tools; stop(): Promise<void> }>

/** Long enough that something can happen to a battle before it is over. */
const SLOW = { REVEAL_MS: '250', FAST_REVEAL_MS: '200' }
const NO_TOOLS: Tools = { cut: () => 0 }

/** Throws an Error that names the scenarios there are. */
export function scenarioOf(text: string): Wanted {
  const known: readonly Wanted[] = [...scenarioNames, 'mixed']
  const scenario = known.find((name) => name === text)
  if (scenario === undefined) throw new Error(`--scenario is one of ${known.join(', ')}, not ${text}`)
  return scenario
}

export async function stageFor(
  scenario: Wanted,
  endpoint: string | undefined,
  log: (line: string) => void,
): Promise<Stage> {
  const isQuick = scenario === 'play' || scenario === 'create'
  const server = await serverFor(endpoint, log, isQuick ? {} : SLOW)
  const before = scenario === 'reconnect' || scenario === 'mixed' ? await proxyBefore(server.url) : undefined
  return {
    url: before?.url ?? server.url,
    tools: before ? { cut: (part) => before.cut(part) } : NO_TOOLS,
    async stop() {
      await before?.close()
      await server.stop()
    },
  }
}

function proxyBefore(url: string): Promise<Proxy> {
  return Proxy.open([Number(new URL(url).port)])
}
