import { parseArgs } from 'node:util'
import { cli, type Options } from '@colyseus/loadtest'
import { Client } from '@colyseus/sdk'
import type { RollingDrop } from '../client-sdk/api.ts'
import { Crowd } from './crowd.ts'
import { localEndpoint } from './endpoint.ts'
import { scenarioOf, stageFor } from './stage.ts'

/** Started by battle.loadtest.ts, at a terminal only: @colyseus/loadtest calls this once for each client and counts its joins. */
const TABLE = { seats: 2, rounds: 3, kinds: 'mixed', verifyEvery: 10, battles: Infinity } as const

type Seat = Parameters<Client['consumeSeatReservation']>[0]
type Consume = (this: Client, seat: Seat) => ReturnType<Client['consumeSeatReservation']>

/** The screen counts what goes through `Client.join`; our seats come from the server's own route, so they pass through it. */
function letScreenCount(): void {
  const prototype = Client.prototype as unknown as { consumeSeatReservation: Consume; join: Consume }
  prototype.join = prototype.consumeSeatReservation
  prototype.consumeSeatReservation = function (this: Client, seat: Seat) {
    return (this as unknown as { join: Consume }).join.call(this, seat)
  }
}

let opening: Promise<Crowd> | undefined
let waiting: RollingDrop[] = []

async function enter({ endpoint, numClients, clientId }: Options): Promise<void> {
  opening ??= open(localEndpoint(endpoint))
  const crowd = await opening
  waiting.push(await crowd.player())
  if (waiting.length < TABLE.seats && clientId + 1 < numClients) return
  const table = waiting
  waiting = []
  void crowd.play(table, Infinity)
}

async function open(endpoint: string): Promise<Crowd> {
  const { values } = parseArgs({ strict: false, options: { scenario: { type: 'string', default: 'play' } } })
  const scenario = scenarioOf(String(values.scenario))
  const { url, tools } = await stageFor(scenario, endpoint, () => {})
  return new Crowd({ ...TABLE, url, scenario, tools, log: (line) => console.error(line) })
}

letScreenCount()
cli(enter)
