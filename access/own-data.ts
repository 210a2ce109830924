import type { Pool } from 'pg'
import type { Ledger, StatementKey } from '../ledger/ledger.ts'
import { userOwner, type TenantId } from '../schema/account.ts'
import { toJson } from '../schema/json.ts'
import { personalTables, type PersonalTable } from './erasure.ts'
import type { Sealer } from './seal.ts'

type Parts = Readonly<{ pool: Pool; ledger: Pick<Ledger, 'reader'>; sealer: Sealer; clock: () => number }>
type Whom = Readonly<{ tenant: TenantId; user: string }>

const PAGE = 500

/**
 * All that is kept of a person, as the text of one JSON document in pieces: what `exported` of schema/staff.ts describes. A page is read
 * when the one before it has been taken, so that the longest history costs no more memory than a short one.
 */
export async function* ownData(parts: Parts, whom: Whom): AsyncGenerator<string> {
  const { ledger, clock } = parts
  yield `{"at":${clock()},"account":{`
  let isFirst = true
  for (const table of personalTables) {
    if (table.told === undefined) continue
    yield `${isFirst ? '' : ','}${JSON.stringify(table.table)}:${toJson(await rowsOf(parts, table, whom.user))}`
    isFirst = false
  }
  const balances = await ledger.reader.balances(whom.tenant, userOwner(whom.user))
  yield `},"balances":${toJson(balances.map(({ asset, balance, held }) => ({ asset, balance, held })))}`
  yield ',"statement":['
  yield* listed(statementOf(parts, whom))
  yield '],"events":['
  yield* listed(eventsOf(parts, whom))
  yield ']}'
}

async function rowsOf(
  { pool, sealer }: Parts,
  { table, user: column, told = [], sealed = {} }: PersonalTable,
  user: string,
) {
  const { rows } = await pool.query<Record<string, unknown>>(
    `select ${told.join(', ')} from ${table} where ${column} = $1`,
    [user],
  )
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        const context = sealed[name]
        return [name, context && typeof value === 'string' ? sealer.open(value, context(user)) : value]
      }),
    ),
  )
}

async function* listed(pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let isFirst = true
  for await (const page of pages) {
    if (page.length === 0) continue
    yield (isFirst ? '' : ',') + page.map(toJson).join(',')
    isFirst = false
  }
}

async function* statementOf({ ledger }: Parts, { tenant, user }: Whom): AsyncGenerator<readonly unknown[]> {
  const owner = userOwner(user)
  let before: StatementKey | undefined
  for (;;) {
    const page = await ledger.reader.statement({ tenant, owner, limit: PAGE, ...(before && { before }) })
    yield page
    const last = page.at(-1)
    if (page.length < PAGE || !last) return
    before = { seq: last.seq, n: last.n }
  }
}

/** Those that say whom they concern: openings, payments, trades; the transfers of battles stand in the statement. */
async function* eventsOf({ ledger }: Parts, { tenant, user }: Whom): AsyncGenerator<readonly unknown[]> {
  let since = 0n
  for (;;) {
    const page = await ledger.reader.events({ since, limit: PAGE, tenant, user })
    yield page.map(({ seq, type, at_ms, payload }) => ({ seq, type, at_ms, payload }))
    const last = page.at(-1)
    if (page.length < PAGE || !last) return
    since = last.seq
  }
}
