// A node with nothing but rooms: `postgres` commits to the ledger of the database, `accepting` to one that does no work.
import { PLAIN_BOX } from '../../game/battle/plain-box.ts'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import pg from 'pg'
import { createAccess } from '../../access/open.ts'
import { openPartners } from '../../access/partners/open.ts'
import { createPersons } from '../../access/persons/persons.ts'
import { battleSeedContext, createSealer } from '../../access/seal.ts'
import { createCatalog } from '../../catalog/catalog.ts'
import { loadConfig } from '../../config.ts'
import { createEntropy } from '../../entropy/hash-chain.ts'
import { createBattle } from '../../game/battle/create.ts'
import { battleToJson } from '../../game/battle/stored.ts'
import { hashSeed } from '../../game/fairness/seed.ts'
import { openLedger } from '../../ledger/open.ts'
import { createLimits } from '../../limits/limits.ts'
import { createOpenings } from '../../openings/openings.ts'
import { createRooms } from '../../rooms/host.ts'
import { digestOf } from '../../schema/digest.ts'
import type { Tokens } from '../../schema/http.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { partnerQuota, playRules, roomsConfig } from '../../server/settings.ts'
import { acceptingLedger } from './rooms-accepting.ts'
import { answerFor, type Table } from './rooms-control.ts'

const GUESTS = 400
const OPENED_AT_ONCE = 50

const [databaseUrl, which] = process.argv.slice(2) as [string, 'postgres' | 'accepting']
const secretKey = randomBytes(32)
const opened = await openLedger({ databaseUrl })
const ledger = which === 'accepting' ? acceptingLedger(opened.ledger) : opened.ledger
const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 })
const times = { tokenTtl_s: 3600, refreshTtl_s: 7200, faucetCredits: 100_000_000, clock: Date.now }
const access = await createAccess({ pool, ledger: opened.ledger, tail: opened.tail, secretKey, ...times })
const sealer = createSealer(secretKey)
const entropy = await createEntropy({ pool, ledger: opened.ledger, sealer, period_ms: 40, length: 20_000 })
const log = { info: () => {}, warn: console.error, error: console.error }
const settings = loadConfig({ MESSAGES_PER_SECOND: '1000', SOCKETS_PER_USER: '1000' })
const config = roomsConfig(settings, databaseUrl)
const quota = partnerQuota(settings)
const partners = await openPartners({ ...opened, pool, sealer, quota, clock: Date.now, failed: console.error })
const catalog = createCatalog({ pool, tail: opened.tail })
const { tail } = opened
const parts = { pool, ledger, tail, sealer, clock: Date.now, ...playRules(settings) }
const limits = createLimits({ ...parts, persons: createPersons({ ...parts, kyc: undefined }) })
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
const answer = getRequestListener(rooms.routes.fetch)
const server = createServer((request, response) => void answer(request, response))
rooms.attach(server)
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const guests: Tokens[] = []
while (guests.length < GUESTS)
  guests.push(...(await Promise.all(Array.from({ length: OPENED_AT_ONCE }, () => access.guest()))))

answerFor({
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  async open(count) {
    const tables: Table[] = []
    while (tables.length < count) {
      const more = Math.min(OPENED_AT_ONCE, count - tables.length)
      tables.push(...(await Promise.all(Array.from({ length: more }, (_, i) => openTable(tables.length + i)))))
    }
    return tables
  },
  async close() {
    await rooms.close()
    server.closeAllConnections()
    entropy.close()
    access.close()
    await opened.close()
    await pool.end()
  },
})

async function openTable(nth: number): Promise<Table> {
  const [creator, other] = [guests[(2 * nth) % GUESTS]!, guests[(2 * nth + 1) % GUESTS]!]
  const id = uuidv7()
  const serverSeed = randomBytes(32).toString('hex')
  const decision = createBattle(
    {
      id,
      tenant: 'main',
      boxes: [PLAIN_BOX, PLAIN_BOX, PLAIN_BOX],
      mode: 'standard',
      seats: 2,
      unlisted: false,
      wait_ms: 600_000,
      reveal_ms: 100,
      creator: { user: creator.user.id, name: creator.user.name, clientSeed: randomBytes(32).toString('hex') },
      seedHash: hashSeed(serverSeed),
      sealedSeed: sealer.seal(serverSeed, battleSeedContext(id)),
    },
    Date.now(),
  )
  if (!decision.ok) throw new Error(decision.code)
  const { kind, transfers, events, wake_at_ms, finished } = decision.effects
  const state = battleToJson(decision.battle)
  const actor = { id: `battle-${id}`, kind: 'battle', epoch: 0, version: 0, state, wake_at_ms, finished }
  await ledger.commit({ id, kind, tenant: 'main', request: digestOf({ id }), transfers, events, actor })
  return { id, tokens: [creator.token, other.token] }
}
