import { parseArgs } from 'node:util'
import pg from 'pg'
import { KeyAdministration } from '../access/key-administration.ts'
import { createSealer } from '../access/seal.ts'
import { signerAt, SigningKeyStore, type SigningKey } from '../access/signing-key.ts'
import { loadConfigOrExit } from '../config.ts'
import { loadSecretKey } from '../embedded/secret-key.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import { end, inWords, openDatabase } from './database.ts'

const USAGE = `npm run keys -- list        what access tokens are signed with
npm run keys -- rotate      one more key, published now; it signs five minutes later
npm run keys -- end KID     refuses all that a key has signed, on every node; another signs from then on`

const { positionals } = readArgs()
const [command = 'list', kid] = positionals
const isKnown = command === 'end' ? kid !== undefined && positionals.length === 2 : positionals.length <= 1
if (!['list', 'rotate', 'end'].includes(command) || !isKnown) end(USAGE)

const config = loadConfigOrExit()
const database = await openDatabase(config)
const pool = new pg.Pool({ connectionString: database.url, max: 2 })
let opened: OpenLedger | undefined
try {
  opened = await openLedger({ databaseUrl: database.url, redisUrl: config.redis_url })
  const store = new SigningKeyStore(pool, createSealer(loadSecretKey(config)))
  await run(new KeyAdministration({ store, ledger: opened.ledger, clock: Date.now }))
} catch (error) {
  console.error(inWords(error))
  process.exitCode = 1
} finally {
  await opened?.close()
  await pool.end()
  await database.close()
}

async function run(keys: KeyAdministration): Promise<void> {
  if (command === 'list') return list(await keys.list())
  if (command === 'rotate') {
    const made = await keys.rotate()
    return console.log(`key ${made.kid} signs from ${timeOf(made.signs_from_ms)}`)
  }
  if (await keys.end(kid!)) return console.log(`key ${kid} has ended; players get new tokens by themselves`)
  console.error(`there is no key ${kid}`)
  process.exitCode = 1
}

function list(keys: readonly SigningKey[]): void {
  const now_ms = Date.now()
  const signer = signerAt(keys, now_ms)
  for (const key of keys) console.log(`${key.kid}  made ${timeOf(key.created_ms)}  ${inState(key, now_ms, signer)}`)
  if (keys.length === 0) console.log('there is no key yet: the first node that starts makes one')
}

function inState(key: SigningKey, now_ms: number, signer: SigningKey | undefined): string {
  const { kid, privateKey, signs_from_ms, ended_ms } = key
  if (ended_ms !== null) return `ended ${timeOf(ended_ms)}`
  if (privateKey === undefined) return 'sealed with another secret key: it only checks'
  if (signs_from_ms > now_ms) return `signs from ${timeOf(signs_from_ms)}`
  return kid === signer?.kid ? 'signs' : 'only checks'
}

function timeOf(unix_ms: number): string {
  return new Date(unix_ms).toISOString()
}

function readArgs() {
  try {
    return parseArgs({ options: {}, allowPositionals: true })
  } catch (error) {
    return end(`${(error as Error).message}\n${USAGE}`)
  }
}
