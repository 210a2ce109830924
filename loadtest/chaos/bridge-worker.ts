// A node that does nothing but carry events: joins the living and runs the bridge that a server runs, from the same settings.
// Its parent may name a moment; the next write that comes there stands still until the parent says `go`, or ends this process.
// Ends in order on SIGTERM, or when its parent goes.
import pg from 'pg'
import { pino } from 'pino'
import { createOutbound } from '../../access/outbound.ts'
import { createSealer } from '../../access/seal.ts'
import { loadConfigOrExit } from '../../config.ts'
import { loadSecretKey } from '../../embedded/secret-key.ts'
import { wallClock } from '../../entropy/clock.ts'
import { openLedger } from '../../ledger/open.ts'
import { ClusterNode } from '../../rooms/node.ts'
import { openBridge } from '../../server/bridge.ts'
import { watchMoments, type Moment } from './bridge-moment.ts'
import type { NodeOrder, NodeReport } from './bridge-nodes.ts'

let wanted: Moment | undefined
let goOn = Promise.withResolvers<void>()
let ending = false

process.on('message', (order: NodeOrder) => {
  if (order !== 'go') wanted = order
  else goOn.resolve()
})
process.once('SIGTERM', () => void end())
process.once('disconnect', () => void end())
watchMoments(async (moment) => {
  if (moment !== wanted) return
  wanted = undefined
  goOn = Promise.withResolvers()
  tell(moment)
  await goOn.promise
})

const config = loadConfigOrExit()
const { database_url: databaseUrl, node_lease_ms: lease_ms, node_beat_ms: beat_ms } = config
const log = pino({ level: config.log_level }, pino.destination({ dest: 2, sync: true }))
const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 })
pool.on('error', (error) => log.warn({ err: error }, 'a connection broke'))
pool.on('connect', (client) => void client.on('error', () => {})) // Whoever has it just then hears of it.
const opened = await openLedger({ databaseUrl, readers_max: 2, failed: (error) => log.warn({ err: error }, 'ledger') })
const node = await ClusterNode.join({
  databaseUrl,
  lease_ms,
  beat_ms,
  pool,
  process: `${process.pid}`,
  address: '',
  clock: wallClock,
  log,
  load: () => 0,
  lost: () => {},
})
const sealer = createSealer(loadSecretKey(config))
const bridge = openBridge({
  config,
  pool,
  opened,
  node: () => node.id,
  sealer,
  outbound: createOutbound({ loopback: true }),
  log,
})
tell('ready')

function tell(report: NodeReport): void {
  process.send?.(report)
}

async function end(): Promise<void> {
  if (ending) return
  ending = true
  goOn.resolve()
  await bridge.close()
  await node.leave()
  await opened.close()
  await pool.end()
  if (process.connected) process.disconnect()
}
