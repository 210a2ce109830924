// The peer of the bench: the same opening as one usually writes it, with Hono and node-postgres, a transaction each.
import { createHmac, createHash, randomBytes, randomUUID } from 'node:crypto'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { jwtVerify, SignJWT } from 'jose'
import pg from 'pg'
import { z } from 'zod'

const CONNECTIONS = 20
const PRICE = 250
const FUNDS = 100_000_000
const PRIZES = [
  { sku: 'acorn', value: 50, weight: 7000 },
  { sku: 'silver-acorn', value: 300, weight: 2500 },
  { sku: 'golden-acorn', value: 2500, weight: 500 },
]
const WEIGHTS = PRIZES.reduce((sum, { weight }) => sum + weight, 0)
const KEY = randomBytes(32)
const wanted = z.strictObject({ box: z.string().max(64), count: z.literal(1) })

const pool = new pg.Pool({ connectionString: process.argv[2]!, max: CONNECTIONS })
await pool.query(`
  create table player (id uuid primary key, balance bigint not null check (balance >= 0));
  create table seeds (player uuid primary key, server_seed text not null, client_seed text not null, nonce int not null);
  create table command (player uuid, key text, digest text not null, answer jsonb, primary key (player, key));
  create table item (player uuid, sku text, count int not null, primary key (player, sku));
  create table opening (id uuid primary key, player uuid not null, at timestamptz not null default now(), payload jsonb not null);
`)

const app = new Hono()
app.post('/transactions/open-box', async (c) => {
  const { payload } = await jwtVerify(c.req.header('authorization')?.slice(7) ?? '', KEY)
  const body = wanted.parse(await c.req.json())
  return c.json(await inTransaction((client) => open(client, payload.sub!, c.req.header('idempotency-key')!, body)))
})

const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send!({ port }))
process.on('message', (message) => void makePlayers((message as { players: number }).players))
process.on('disconnect', () => {
  server.close()
  process.exit(0)
})

async function makePlayers(count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => randomUUID())
  await pool.query('insert into player select unnest($1::uuid[]), $2', [ids, FUNDS])
  await pool.query(`insert into seeds select unnest($1::uuid[]), $2, $3, 0`, [ids, 'a'.repeat(64), 'b'.repeat(64)])
  const users = ids.map(async (id) => ({
    id,
    token: await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject(id).setExpirationTime('1h').sign(KEY),
  }))
  process.send!(await Promise.all(users))
}

async function inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

async function open(client: pg.PoolClient, player: string, key: string, body: z.infer<typeof wanted>) {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex')
  const claimed = await client.query(
    'insert into command(player, key, digest) values ($1, $2, $3) on conflict do nothing',
    [player, key, digest],
  )
  if (claimed.rowCount === 0) {
    const { rows } = await client.query('select answer from command where player = $1 and key = $2', [player, key])
    return rows[0].answer as object
  }
  const { rows } = await client.query(
    'update seeds set nonce = nonce + 1 where player = $1 returning server_seed, client_seed, nonce',
    [player],
  )
  const { server_seed, client_seed, nonce } = rows[0] as { server_seed: string; client_seed: string; nonce: number }
  const prize = draw(server_seed, `${client_seed}:${nonce}`)
  const paid = await client.query(
    'update player set balance = balance - $2 where id = $1 and balance >= $2 returning balance',
    [player, PRICE],
  )
  if (paid.rowCount === 0) throw new Error('insufficient')
  await client.query(
    'insert into item values ($1, $2, 1) on conflict (player, sku) do update set count = item.count + 1',
    [player, prize.sku],
  )
  const opening = randomUUID()
  const answer = { opening, box: body.box, nonce, prize, balance: String(paid.rows[0].balance) }
  await client.query('insert into opening(id, player, payload) values ($1, $2, $3)', [opening, player, answer])
  await client.query('update command set answer = $3 where player = $1 and key = $2', [player, key, answer])
  return answer
}

function draw(serverSeed: string, line: string) {
  let ticket = createHmac('sha256', serverSeed).update(line).digest().readUInt32BE() % WEIGHTS
  return PRIZES.find(({ weight }) => (ticket -= weight) < 0)!
}
