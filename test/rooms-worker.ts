import http from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import { getRequestListener } from '@hono/node-server'
import pg from 'pg'
import { createAccess } from '../access/open.ts'
import { openPartners } from '../access/partners/open.ts'
import { createSealer } from '../access/seal.ts'
import { createCatalog } from '../catalog/catalog.ts'
import { createEntropy } from '../entropy/hash-chain.ts'
import { openLedger } from '../ledger/open.ts'
import { createOpenings } from '../openings/openings.ts'
import { createRooms, type RoomsConfig } from '../rooms/host.ts'
import { openTestLimits } from './limits.ts'

/**
 * Another node in a thread of its own, over the database of a test: Colyseus is one a thread. Ended by `terminate`, its sockets
 * and its sessions of Postgres go as those of a process that is killed. Says `ready` when it listens, with its id.
 */
export type WorkerNode = Readonly<{ config: RoomsConfig; secretKey: Uint8Array; port: number }>

const { config, secretKey, port } = workerData as WorkerNode
const { ledger, tail } = await openLedger({ databaseUrl: config.databaseUrl, redisUrl: config.redisUrl })
const pool = new pg.Pool({ connectionString: config.databaseUrl, max: 10 })
const times = { tokenTtl_s: 900, refreshTtl_s: 3600, faucetCredits: 0, clock: Date.now }
const access = await createAccess({ pool, ledger, tail, secretKey, ...times })
const sealer = createSealer(secretKey)
const entropy = await createEntropy({ pool, ledger, sealer, period_ms: 40, length: 20_000 })
const log = { info: () => {}, warn: () => {}, error: () => {} }
const quota = { connections_max: 1_000, requests_per_minute: 1_000_000, messages_per_s: 100_000 }
const partners = await openPartners({ pool, ledger, tail, sealer, quota, clock: Date.now, failed: console.error })
const catalog = createCatalog({ pool, tail })
const limits = openTestLimits({ pool, ledger, tail, sealer })
const openings = createOpenings({ pool, ledger, catalog, sealer, limits, clock: Date.now })
const rooms = await createRooms({
  pool,
  ledger,
  tail,
  access,
  partners,
  entropy,
  sealer,
  openings,
  limits,
  config,
  log,
})
const listener = getRequestListener(rooms.routes.fetch)
const server = http.createServer((request, response) => void listener(request, response))
rooms.attach(server)
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is a window's
server.listen(port, '127.0.0.1', () => parentPort!.postMessage({ ready: rooms.node() }))
