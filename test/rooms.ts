import { randomBytes } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client, type SeatReservation, type Room } from '@colyseus/sdk'
import { getRequestListener } from '@hono/node-server'
import pg from 'pg'
import { createAccess, type AccessOperations } from '../access/open.ts'
import type { NewPartnerKey, PartnerQuota } from '../access/partner.ts'
import { PartnerAdministration } from '../access/partners/administration.ts'
import { openPartners, type OpenPartners } from '../access/partners/open.ts'
import { battleSeedContext, createSealer, type Sealer } from '../access/seal.ts'
import { ensureBankroll } from '../catalog/bankroll.ts'
import { createCatalog } from '../catalog/catalog.ts'
import { createEntropy } from '../entropy/hash-chain.ts'
import { wallClock, type Clock } from '../entropy/clock.ts'
import type { Entropy } from '../entropy/entropy.ts'
import { createBattle, type NewBattle } from '../game/battle/create.ts'
import { battleFromJson, battleToJson } from '../game/battle/stored.ts'
import type { Battle } from '../game/battle/state.ts'
import { hashSeed } from '../game/fairness/seed.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import type { Limits } from '../limits/limits.ts'
import { createOpenings, type Openings } from '../openings/openings.ts'
import { createRooms, type Rooms, type RoomsConfig } from '../rooms/host.ts'
import { userOwner } from '../schema/account.ts'
import { PLAIN_BOX } from '../game/battle/plain-box.ts'
import { PLAY_CREDIT } from '../schema/asset.ts'
import type { CommandReply } from '../schema/battle-message.ts'
import { digestOf } from '../schema/digest.ts'
import type { ErrorReply } from '../schema/errors.ts'
import type { Tokens } from '../schema/http.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { TEST_ROOMS } from './rooms-config.ts'
import { openTestLimits } from './limits.ts'

export const CREDITS = 100_000n
export const BOX = PLAIN_BOX

export type TestRooms = OpenLedger &
  Readonly<{
    url: string
    pool: pg.Pool
    secretKey: Uint8Array
    access: AccessOperations
    partners: OpenPartners
    entropy: Entropy
    sealer: Sealer
    openings: Openings
    limits: Limits
    rooms: Rooms
    server: http.Server
    config: RoomsConfig
    logged: object[]
    guest(): Promise<Tokens>
    /** A key of a new partner of this tenant. */
    partnerKey(tenant: string, quota?: Partial<PartnerQuota>): Promise<NewPartnerKey>
    creditsOf(user: Tokens): Promise<bigint>
    /** Opens a battle of `creator` (with one round of the plain box unless told otherwise) and returns its id. */
    battle(creator: Tokens, changed?: Partial<NewBattle>): Promise<string>
    stored(battle: string): Promise<Battle>
    seat(kind: string, id: string, token?: string, body?: unknown): Promise<Response>
    join(kind: string, id: string, token?: string, body?: unknown): Promise<TestClient>
  }>

/** A joined room and all that came over it. */
export type TestClient = Readonly<{
  // Rooms of all kinds are joined by one helper; each test knows the state of its own.
  room: Room
  replies: CommandReply[]
  errors: ErrorReply[]
  /** Other messages by type, as they came. */
  messages: { type: string; message: unknown }[]
  /** Everything received, byte for byte. */
  bytes: Buffer[]
  closed: Promise<Readonly<{ code: number; reason: string }>>
  isOpen(): boolean
  /** Sends a command and waits for its reply. */
  ask(type: string, payload?: object): Promise<CommandReply>
}>

const PARTNER_QUOTA: PartnerQuota = { connections_max: 1_000, requests_per_minute: 1_000_000, messages_per_s: 100_000 }

/** A node with rooms on a free port, or the one given, over a database of its own or the one given. Close it in `afterAll`. */
export async function openTestRooms(
  changed: Partial<RoomsConfig> = {},
  clock: Clock = wallClock,
  port = 0,
  given?: TestDatabase,
): Promise<TestRooms & { close(): Promise<void> }> {
  const database = given ?? (await createDatabase())
  const secretKey = randomBytes(32)
  const opened = await openLedger({ databaseUrl: database.url })
  const { ledger, tail } = opened
  const pool = new pg.Pool({ connectionString: database.url, max: 20 })
  pool.on('connect', (client) => void client.on('error', () => {})) // Dropping the database may still meet one that closes.
  const times = { tokenTtl_s: 900, refreshTtl_s: 3600, faucetCredits: Number(CREDITS), clock: Date.now }
  const access = await createAccess({ pool, ledger, tail, secretKey, ...times })
  const sealer = createSealer(secretKey)
  await ensureBankroll(ledger, 'main', Date.now)
  const entropy = await createEntropy({ pool, ledger, sealer, period_ms: 40, length: 20_000 })
  const logged: object[] = []
  const into = (fields: object, message: string) => void logged.push({ message, ...fields })
  const log = { info: into, warn: into, error: into }
  const config: RoomsConfig = { ...TEST_ROOMS, databaseUrl: database.url, ...changed }
  const failed = (error: unknown) => void logged.push({ error })
  const partners = await openPartners({ pool, ledger, tail, sealer, quota: PARTNER_QUOTA, clock: Date.now, failed })
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
    clock,
  })
  const server = http.createServer(
    (request, response) => void getRequestListener(rooms.routes.fetch)(request, response),
  )
  rooms.attach(server)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const seat: TestRooms['seat'] = (kind, id, token, body = {}) =>
    fetch(`${url}/actors/${kind}/${id}/seat`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    })
  return {
    ...opened,
    url,
    pool,
    secretKey,
    access,
    partners,
    entropy,
    sealer,
    openings,
    limits,
    rooms,
    server,
    config,
    logged,
    seat,
    guest: () => access.guest(),
    partnerKey: (tenant, quota) => newPartnerKey({ pool, ledger, sealer, clock: Date.now }, tenant, quota),
    creditsOf: async ({ user }) => (await ledger.reader.balance('main', userOwner(user.id), PLAY_CREDIT))!.balance,
    battle: (creator, wanted) => openBattle({ ledger, sealer }, creator, wanted),
    stored: async (battle) => battleFromJson((await ledger.actors.find(`battle-${battle}`))!.state),
    async join(kind, id, token, body) {
      const response = await seat(kind, id, token, body)
      if (!response.ok) throw new Error(`no seat: ${await response.text()}`)
      const { publicAddress: _, ...here } = (await response.json()) as SeatReservation
      return clientOf(await new Client(url).consumeSeatReservation(here))
    },
    async close() {
      await rooms.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      entropy.close()
      access.close()
      partners.close()
      await opened.close()
      await pool.end()
      await database.drop()
    },
  }
}

let partnerCount = 0

async function newPartnerKey(
  parts: ConstructorParameters<typeof PartnerAdministration>[0],
  tenant: string,
  quota: Partial<PartnerQuota> = {},
): Promise<NewPartnerKey> {
  const administration = new PartnerAdministration(parts)
  const name = `partner-${++partnerCount}`
  const key = (await administration.create(name, tenant))!
  await administration.setQuota((await administration.find(name))!, quota)
  return key
}

/** A client seed for whatever test needs one. */
export const clientSeed = (): string => randomBytes(32).toString('hex')

async function openBattle(
  { ledger, sealer }: Pick<TestRooms, 'ledger' | 'sealer'>,
  { user }: Tokens,
  changed: Partial<NewBattle> = {},
) {
  const id = uuidv7()
  const serverSeed = randomBytes(32).toString('hex')
  const decision = createBattle(
    {
      id,
      tenant: 'main',
      boxes: [BOX],
      mode: 'standard',
      seats: 2,
      unlisted: false,
      wait_ms: 60_000,
      reveal_ms: 60,
      creator: { user: user.id, name: user.name, clientSeed: clientSeed() },
      seedHash: hashSeed(serverSeed),
      sealedSeed: sealer.seal(serverSeed, battleSeedContext(id)),
      ...changed,
    },
    Date.now(),
  )
  if (!decision.ok) throw new Error(decision.code)
  const { kind, transfers, events, wake_at_ms, finished } = decision.effects
  const actor = {
    id: `battle-${id}`,
    kind: 'battle',
    epoch: 0,
    version: 0,
    state: battleToJson(decision.battle),
    wake_at_ms,
    finished,
  }
  await ledger.commit({ id, kind, tenant: 'main', request: digestOf({ id }), transfers, events, actor })
  return id
}

let commands = 0

/** Listens to everything a joined room says. */
export function clientOf(room: Room): TestClient {
  room.reconnection.enabled = false
  const replies: CommandReply[] = []
  const errors: ErrorReply[] = []
  const messages: TestClient['messages'] = []
  const bytes: Buffer[] = []
  const waiting = new Map<number, (reply: CommandReply) => void>()
  socketOf(room).addEventListener('message', ({ data }) => void bytes.push(Buffer.from(data as ArrayBuffer)))
  room.onMessage('reply', (reply: CommandReply) => {
    replies.push(reply)
    waiting.get(reply.command)?.(reply)
  })
  room.onMessage('error', (error: ErrorReply) => void errors.push(error))
  room.onMessage('*', (type, message) => void messages.push({ type: String(type), message }))
  let open = true
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    room.onLeave((code, reason) => {
      open = false
      resolve({ code, reason: reason ?? '' })
    })
  })
  return {
    room,
    replies,
    errors,
    messages,
    bytes,
    closed,
    isOpen: () => open && room.connection.isOpen,
    ask(type, payload = {}) {
      const command = ++commands
      return new Promise((resolve) => {
        waiting.set(command, resolve)
        room.send(type, { command, ...payload })
      })
    },
  }
}

function socketOf(room: Room): WebSocket {
  return (room.connection.transport as unknown as { ws: WebSocket }).ws
}
