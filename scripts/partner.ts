import { parseArgs } from 'node:util'
import pg from 'pg'
import { PartnerAdministration } from '../access/partners/administration.ts'
import type { StoredPartner } from '../access/partners/store.ts'
import type { NewPartnerKey, PartnerQuota } from '../access/partner.ts'
import { createSealer } from '../access/seal.ts'
import { aclCommands } from '../bridge/kafka/acls.ts'
import { seedCatalog } from '../catalog/seed.ts'
import { loadConfigOrExit } from '../config.ts'
import { loadSecretKey } from '../embedded/secret-key.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import { partnerName } from '../schema/partner.ts'
import { end, inWords, openDatabase } from './database.ts'
import { onboard, withStaffToken, type Onboarding } from './onboard.ts'

const USAGE = `npm run partner -- onboard NAME [--url U] [--email E] [--domain D] [--webhook U] [--wallet U] [--commission BP] [--share]
                   [--requests N] [--admin-token T]    a partner from nothing to production, by the API of a running server
npm run partner -- create NAME [--tenant T]        a partner with its world and its first API key
npm run partner -- keys NAME                       its keys
npm run partner -- rotate NAME [--overlap S]       one more key; those there are end S seconds from now
npm run partner -- end KEY                         ends a key now, on every node
npm run partner -- quota NAME [--connections N] [--requests N] [--events N]
                                                   what it may use of one node: sockets, calls a minute, events a second
npm run partner -- acls NAME                       the commands that let it read its topics of Kafka, and no other
NAME and T are ${partnerName.description}; T is NAME unless told otherwise.`

const { values: args, positionals } = readArgs()
const [command, subject] = positionals
if (command === 'onboard' && subject !== undefined && positionals.length === 2) {
  await onboardBySteps(subject)
  process.exit()
}
const commands: Readonly<Record<string, (of: string) => Promise<void>>> = {
  create,
  keys,
  rotate,
  end: endKey,
  quota,
  acls,
}
const run = command === undefined ? undefined : commands[command]
if (!run || subject === undefined || positionals.length > 2) end(USAGE)

const config = loadConfigOrExit()
const overlap_s = wholeOf('overlap', args.overlap) ?? config.partner_key_overlap_s
const wanted = readQuota()
const database = await openDatabase(config)
const pool = new pg.Pool({ connectionString: database.url, max: 4 })
let opened: OpenLedger | undefined
try {
  opened = await openLedger({ databaseUrl: database.url, redisUrl: config.redis_url })
  await run(subject)
} catch (error) {
  console.error(inWords(error))
  process.exitCode = 1
} finally {
  await opened?.close()
  await pool.end()
  await database.close()
}

/** By the API alone; who has no token of the staff's has one made for it from the database. */
async function onboardBySteps(name: string): Promise<void> {
  const config = loadConfigOrExit()
  const requestsPerMinute = wholeOf('requests', args.requests, 1)
  const wanted: Onboarding = {
    name,
    url: (args.url ?? `http://localhost:${config.port}`).replace(/\/$/, ''),
    email: args.email ?? `${name}@${name}.example`,
    domain: args.domain ?? `https://${name}.example`,
    webhook: args.webhook,
    wallet: args.wallet,
    commission: { of: args.share ? 'revenue' : 'price', basisPoints: wholeOf('commission', args.commission) ?? 250 },
    requestsPerMinute,
  }
  try {
    const work = (token: string) => onboard(wanted, token, (line) => console.log(line))
    const given = args['admin-token']
    const { sandbox, production, password, ...told } = await (given ? work(given) : withStaffToken(config, work))
    console.log(`partner ${name}, looked after by ${told.email} with the password ${password}`)
    for (const key of [sandbox, production]) show(key)
    console.log(JSON.stringify({ onboard: name, steps: told.steps, ms: told.ms }))
  } catch (error) {
    console.error(inWords(error))
    process.exitCode = 1
  }
}

async function create(name: string): Promise<void> {
  const tenant = args.tenant ?? name
  for (const text of [name, tenant])
    if (!partnerName.safeParse(text).success) return fail(`${JSON.stringify(text)} is not ${partnerName.description}`)
  // The world first: a partner that can call finds boxes and a house that pays.
  if (await administration().find(name)) return fail(`there is a partner ${name} already; rotate gives it another key`)
  await seedCatalog({ pool, ledger: opened!.ledger, clock: Date.now, tenant })
  const key = await administration().create(name, tenant)
  if (!key) return fail(`there is a partner ${name} already; rotate gives it another key`)
  console.log(`partner ${name} of tenant ${tenant}`)
  show(key)
}

async function keys(name: string): Promise<void> {
  const partner = await partnerOf(name)
  if (!partner) return
  console.log(`partner ${name} of tenant ${partner.tenant}, id ${partner.id}`)
  for (const { id, created_ms, ends_ms } of await administration().keys(partner))
    console.log(`${id}  made ${timeOf(created_ms)}  ${endInWords(ends_ms)}`)
}

async function rotate(name: string): Promise<void> {
  const partner = await partnerOf(name)
  if (!partner) return
  const key = await administration().rotate(partner, overlap_s * 1000)
  console.log(`partner ${name}: one more key; those before it end in ${overlap_s} s`)
  show(key)
}

async function endKey(id: string): Promise<void> {
  if (await administration().end(id)) console.log(`key ${id} has ended`)
  else fail(`there is no key ${id}`)
}

async function quota(name: string): Promise<void> {
  const partner = await partnerOf(name)
  if (!partner) return
  if (Object.keys(wanted).length > 0) await administration().setQuota(partner, wanted)
  const { connections_max, requests_per_minute, messages_per_s } = (await administration().find(name))!
  const told = (own: number | null, usual: number) => (own === null ? `${usual} (as every partner)` : `${own}`)
  console.log(`partner ${name}, on each node`)
  console.log(`sockets           ${told(connections_max, config.partner_connections)}`)
  console.log(`calls a minute    ${told(requests_per_minute, config.partner_requests_per_minute)}`)
  console.log(`events a second   ${told(messages_per_s, config.partner_events_per_second)}`)
}

async function acls(name: string): Promise<void> {
  if (!(await partnerOf(name))) return
  const { kafka_topic_prefix: prefix, kafka_brokers: brokers } = config
  for (const line of aclCommands({ partner: name, prefix, brokers })) console.log(line)
}

function administration(): PartnerAdministration {
  const sealer = createSealer(loadSecretKey(config))
  return new PartnerAdministration({ pool, ledger: opened!.ledger, sealer, clock: Date.now })
}

async function partnerOf(name: string): Promise<StoredPartner | undefined> {
  const partner = await administration().find(name)
  if (!partner) fail(`there is no partner ${name}`)
  return partner
}

function show({ id, secret }: NewPartnerKey): void {
  console.log(`key     ${id}`)
  console.log(`secret  ${secret}`)
  console.log('The secret is shown this once; how calls are signed stands in docs/partners.md.')
}

function endInWords(ends_ms: number | null): string {
  if (ends_ms === null) return 'good'
  return ends_ms <= Date.now() ? `ended ${timeOf(ends_ms)}` : `good until ${timeOf(ends_ms)}`
}

function timeOf(unix_ms: number): string {
  return new Date(unix_ms).toISOString()
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}

function readArgs() {
  const text = { type: 'string' } as const
  const limits = { overlap: text, connections: text, requests: text, events: text }
  const onboarding = { url: text, email: text, domain: text, webhook: text, wallet: text, commission: text }
  const share = { type: 'boolean' } as const
  const options = { tenant: text, ...limits, ...onboarding, share, 'admin-token': text }
  try {
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    return end(`${(error as Error).message}\n${USAGE}`)
  }
}

function readQuota(): Partial<PartnerQuota> {
  const connections_max = wholeOf('connections', args.connections)
  const requests_per_minute = wholeOf('requests', args.requests, 1)
  const messages_per_s = wholeOf('events', args.events, 1)
  return {
    ...(connections_max !== undefined && { connections_max }),
    ...(requests_per_minute !== undefined && { requests_per_minute }),
    ...(messages_per_s !== undefined && { messages_per_s }),
  }
}

function wholeOf(name: string, text: string | undefined, least = 0): number | undefined {
  if (text === undefined) return undefined
  if (!/^[0-9]{1,9}$/.test(text) || Number(text) < least) end(`--${name} takes a whole number from ${least} on`)
  return Number(text)
}
