import { parseArgs } from 'node:util'
import pg from 'pg'
import { createOutbound } from '../access/outbound.ts'
import { createSealer } from '../access/seal.ts'
import {
  addEndpoint,
  enableEndpoint,
  listDead,
  listEndpoints,
  removeEndpoint,
  replay,
} from '../access/webhooks/endpoints.ts'
import { loadConfigOrExit } from '../config.ts'
import { loadSecretKey } from '../embedded/secret-key.ts'
import { RollingDropError } from '../schema/errors.ts'
import { toJson } from '../schema/json.ts'
import { end, inWords, openDatabase } from './database.ts'

const USAGE = `npm run webhooks -- add --tenant T --url URL [--types A,B] [--since SEQ]
                                         has a tenant's events sent to a URL, and shows the secret that signs them, once
npm run webhooks -- list [--tenant T]    the endpoints, how far each is, and what is wrong with it
npm run webhooks -- replay --since SEQ [--endpoint ID]
                                         sends everything from a seq on once more, under the same ids
npm run webhooks -- dead [--endpoint ID] what was given up, newest first
npm run webhooks -- enable ID            sends to a disabled endpoint again, from where it stopped
npm run webhooks -- remove ID            sends to it no more`

const LISTED_MAX = 1000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const { values: args, positionals } = readArgs()
const [command, subject] = positionals
const commands: Readonly<Record<string, () => Promise<void>>> = { add, list, replay: again, dead, enable, remove }
const run = command === undefined ? undefined : commands[command]
const since = args.since === undefined ? undefined : seqOf(args.since)
for (const id of [args.endpoint, subject])
  if (id !== undefined && !UUID.test(id)) end(`${id} is not the id of an endpoint`)
if (!run) end(USAGE)

const config = loadConfigOrExit()
const database = await openDatabase(config)
const pool = new pg.Pool({ connectionString: database.url, max: 2 })
try {
  await run()
} catch (error) {
  console.error(error instanceof RollingDropError ? `${error.message} ${toJson(error.details ?? '')}` : inWords(error))
  process.exitCode = 1
} finally {
  await pool.end()
  await database.close()
}

async function add(): Promise<void> {
  const { tenant, url, types } = args
  if (tenant === undefined || url === undefined) return fail(USAGE)
  const outbound = createOutbound({ loopback: config.outbound_loopback })
  const sealer = createSealer(loadSecretKey(config))
  const parts = { pool, sealer, outbound, per_tenant_max: config.webhooks_per_tenant }
  const { id, secret } = await addEndpoint(parts, { tenant, url, types: types?.split(',') ?? null, since })
  outbound.close()
  console.log(`endpoint ${id} of tenant ${tenant}`)
  console.log(`secret ${secret} (shown this once)`)
  console.log(toJson({ webhooks: 'added', id }))
}

async function list(): Promise<void> {
  const endpoints = await listEndpoints(pool, args.tenant)
  for (const { id, tenant, url, types, disabled, seq, lag_events, retries, dead: gone, last_error } of endpoints) {
    const state = disabled === null ? (last_error === null ? 'ok' : `failing: ${last_error}`) : `disabled: ${disabled}`
    console.log(`${id}  ${tenant}  ${url}  ${types?.join(',') ?? 'all types'}  ${state}`)
    console.log(`    at seq ${seq}, ${lag_events} behind the head, ${retries} put off, ${gone} given up`)
  }
  console.log(toJson({ webhooks: 'list', endpoints }))
}

async function again(): Promise<void> {
  if (since === undefined) return fail(USAGE)
  const count = await replay(pool, since, args.endpoint)
  if (count === 0) return fail('there is no such endpoint')
  console.log(toJson({ webhooks: 'replay', since, endpoints: count }))
}

async function dead(): Promise<void> {
  const letters = await listDead(pool, LISTED_MAX, args.endpoint)
  for (const { endpoint, seq, attempts, error, at } of letters)
    console.log(`${at.toISOString()}  ${endpoint}  seq ${seq}  ${attempts} attempts, the last: ${error}`)
  console.log(toJson({ webhooks: 'dead', listed: letters.length }))
}

async function enable(): Promise<void> {
  if (subject === undefined) return fail(USAGE)
  if (!(await enableEndpoint(pool, subject))) return fail('there is no such endpoint')
  console.log(toJson({ webhooks: 'enabled', id: subject }))
}

async function remove(): Promise<void> {
  if (subject === undefined) return fail(USAGE)
  if (!(await removeEndpoint(pool, subject))) return fail('there is no such endpoint')
  console.log(toJson({ webhooks: 'removed', id: subject }))
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}

function seqOf(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) end(`${text} is no seq`)
  return BigInt(text)
}

function readArgs() {
  const text = { type: 'string' } as const
  try {
    const options = { tenant: text, url: text, types: text, since: text, endpoint: text }
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    return end(`${(error as Error).message}\n${USAGE}`)
  }
}
