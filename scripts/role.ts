import { parseArgs } from 'node:util'
import pg from 'pg'
import { AT_THE_CONSOLE } from '../access/acts.ts'
import { roles, type Role } from '../access/permissions.ts'
import { RevocationList } from '../access/revocation.ts'
import { findStaff, findUsers } from '../access/staff/directory.ts'
import { changeRoles } from '../access/staff/roles.ts'
import { loadConfigOrExit } from '../config.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import { RollingDropError } from '../schema/errors.ts'
import { end, inWords, openDatabase } from './database.ts'

const given = roles.filter((role) => role !== 'player')
const USAGE = `npm run role -- list                        who has a role, and which
npm run role -- grant MAIL-OR-ID ROLE       gives a role and ends the user's sessions: they sign in again with it
npm run role -- revoke MAIL-OR-ID ROLE      takes it
ROLE is one of ${given.join(', ')}; --tenant T is for another tenant than ours. The account has to be there: sign up first.`

const { values: args, positionals } = readArgs()
const [command = 'list', whom = '', role = ''] = positionals
const isGiven = given.some((each) => each === role)
const isComplete = command === 'list' ? positionals.length <= 1 : positionals.length === 3 && isGiven
if (!['list', 'grant', 'revoke'].includes(command) || !isComplete) end(USAGE)

const tenant = args.tenant ?? MAIN_TENANT
const config = loadConfigOrExit()
const database = await openDatabase(config)
const pool = new pg.Pool({ connectionString: database.url, max: 4 })
let opened: OpenLedger | undefined
try {
  opened = await openLedger({ databaseUrl: database.url, redisUrl: config.redis_url })
  await (command === 'list' ? list() : change(opened, role as Role))
} catch (error) {
  console.error(error instanceof RollingDropError && error.code === 'auth/role' ? refusal() : inWords(error))
  process.exitCode = 1
} finally {
  await opened?.close()
  await pool.end()
  await database.close()
}

async function list(): Promise<void> {
  const staff = await findStaff(pool, tenant)
  for (const { id, email, name, roles: own } of staff) console.log(`${id}  ${own.join(' ')}  ${email ?? name}`)
  if (staff.length === 0) console.log('nobody has a role yet: npm run role -- grant MAIL-OR-ID admin')
}

async function change({ ledger, tail }: OpenLedger, wanted: Role): Promise<void> {
  const [user] = (await findUsers(pool, tenant, { query: whom, limit: 2 })).users
  if (!user || (user.email?.toLowerCase() !== whom.toLowerCase() && user.id !== whom)) {
    console.error(`there is no account of ${whom}`)
    process.exitCode = 1
    return
  }
  const parts = { pool, ledger, tail, tokenTtl_s: config.token_ttl_s, clock: Date.now }
  const asked = { add: command === 'grant' ? [wanted] : [], remove: command === 'revoke' ? [wanted] : [] }
  const { roles: now, changed } = await changeRoles(parts, AT_THE_CONSOLE, { tenant, user: user.id }, asked)
  if (changed) {
    const revocations = await RevocationList.open(parts)
    await revocations.revoke(tenant, { user: user.id })
    revocations.close()
  }
  console.log(`${whom} is now ${now.join(', ')}${changed ? '; their sessions have ended' : ', as before'}`)
}

function refusal(): string {
  return command === 'revoke'
    ? 'this is the last admin: give somebody else the role first'
    : 'not to a guest; partner-admin is a role in the tenant of a partner, support and admin are roles in ours'
}

function readArgs() {
  try {
    return parseArgs({ options: { tenant: { type: 'string' } }, allowPositionals: true })
  } catch (error) {
    return end(`${(error as Error).message}\n${USAGE}`)
  }
}
