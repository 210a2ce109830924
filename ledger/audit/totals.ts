import type { Row } from '../postgres/statement.ts'
import { auditSql } from './chunk.ts'
import type { Finding } from './finding.ts'
import type { Snapshot } from './snapshot.ts'

type Total = Readonly<{
  sql: string
  scope: 'full' | 'since' | 'both'
  values: 'after' | 'head' | 'none'
  finding(row: Row): Finding
}>

const accountAt = (
  owner: string | null | undefined,
  asset: string | null | undefined,
  id: string | null | undefined,
): string => (owner ? `${owner} (${asset})` : `${id}`)

/** What is checked over whole tables rather than batch by batch: each statement returns the first row that is wrong. */
const totals: readonly Total[] = [
  {
    sql: 'outside',
    scope: 'both',
    values: 'head',
    finding: ([table, seq]) => ({
      what: 'head/seq',
      seq: seq!,
      expected: 'nothing beyond the head',
      found: `a row of ${table}`,
    }),
  },
  {
    sql: 'account-names',
    scope: 'both',
    values: 'none',
    finding: ([id, owner, asset]) => ({
      what: 'account/twice',
      account: accountAt(owner, asset, id),
      expected: 'an account open or closed',
      found: 'both',
    }),
  },
  {
    sql: 'asset-sums',
    scope: 'both',
    values: 'none',
    finding: ([asset, sum]) => ({ what: 'asset/sum', account: `all of ${asset}`, expected: '0', found: sum! }),
  },
  { sql: 'account-balances', scope: 'full', values: 'after', finding: (row) => balance('account/balance', row) },
  { sql: 'touched-balances', scope: 'since', values: 'after', finding: (row) => balance('account/balance', row) },
  { sql: 'holds', scope: 'both', values: 'none', finding: (row) => balance('account/held', row) },
  {
    sql: 'hold-origins',
    scope: 'full',
    values: 'none',
    finding: ([hold, outcome]) => ({
      what: 'hold/origin',
      outcome: outcome!,
      expected: `an outcome that placed or closed hold ${hold}`,
      found: 'none',
    }),
  },
  {
    sql: 'freezes',
    scope: 'both',
    values: 'after',
    finding: ([id, owner, asset, expected, found]) => ({
      what: 'account/frozen',
      account: accountAt(owner, asset, id),
      expected: expected!,
      found: found!,
    }),
  },
  {
    sql: 'actor-steps',
    scope: 'both',
    values: 'after',
    finding: ([actor, seq, outcome, before, version]) => ({
      what: 'actor/version',
      actor: actor!,
      seq: seq!,
      outcome: outcome!,
      expected: `a version after ${before} and no older epoch`,
      found: version!,
    }),
  },
  {
    sql: 'actor-versions',
    scope: 'both',
    values: 'after',
    finding: ([actor, version, found]) => ({
      what: 'actor/version',
      actor: actor!,
      expected: `one actor at version ${version}`,
      found: found ?? 'none',
    }),
  },
  {
    sql: 'battles-ended',
    scope: 'both',
    values: 'after',
    finding: ([actor, times, seq, finished]) => ({
      what: 'battle/settled',
      actor: actor!,
      seq: seq!,
      expected: 'a finished battle, settled or cancelled once',
      found: finished === 't' ? `${times} times` : 'one that is not finished',
    }),
  },
  {
    sql: 'battles-finished',
    scope: 'full',
    values: 'none',
    finding: ([actor]) => ({
      what: 'battle/settled',
      actor: actor!,
      expected: 'a finished battle, settled or cancelled once',
      found: 'never',
    }),
  },
  {
    sql: 'battles-counted',
    scope: 'full',
    values: 'after',
    finding: ([finished, ended]) => ({
      what: 'battle/settled',
      actor: 'all battles',
      expected: `${finished} ends for as many finished`,
      found: ended!,
    }),
  },
  {
    sql: 'battle-escrows',
    scope: 'both',
    values: 'none',
    finding: ([id, owner, asset, left, held]) => ({
      what: 'battle/escrow',
      account: accountAt(owner, asset, id),
      expected: 'an empty escrow of a finished battle',
      found: `${left}, held ${held}`,
    }),
  },
  {
    sql: 'battle-stakes',
    scope: 'both',
    values: 'none',
    finding: ([actor, asset, expected, found]) => ({
      what: 'battle/stakes',
      actor: actor!,
      account: `its escrow (${asset})`,
      expected: expected!,
      found: found!,
    }),
  },
  {
    sql: 'debts',
    scope: 'both',
    values: 'none',
    finding: ([owner, asset, expected, found]) => ({
      what: 'debt/owed',
      account: `${owner} (${asset})`,
      expected: expected!,
      found: found!,
    }),
  },
  {
    sql: 'offer-escrows',
    scope: 'both',
    values: 'none',
    finding: ([id, owner, asset, left, held]) => ({
      what: 'offer/escrow',
      account: accountAt(owner, asset, id),
      expected: 'an empty escrow of an offer that has ended',
      found: `${left}, held ${held}`,
    }),
  },
  {
    sql: 'offer-stakes',
    scope: 'both',
    values: 'none',
    finding: ([actor, asset, expected, found]) => ({
      what: 'offer/stakes',
      actor: actor!,
      account: `its escrow (${asset})`,
      expected: expected!,
      found: found!,
    }),
  },
]

function balance(what: Finding['what'], [id, owner, asset, expected, found]: Row): Finding {
  return { what, account: accountAt(owner, asset, id), expected: expected!, found: found! }
}

/** Checks all totals of a snapshot; `since` leaves out those that need everything from the first seq on. */
export async function checkTotals(
  snapshot: Snapshot,
  { after, head, since }: Readonly<{ after: number; head: number; since: boolean }>,
): Promise<Finding | undefined> {
  for (const { sql, scope, values, finding } of totals) {
    if (scope === (since ? 'full' : 'since')) continue
    const [row] = await snapshot.query(auditSql(sql), values === 'none' ? [] : [values === 'head' ? head : after])
    if (row !== undefined) return finding(row)
  }
  return undefined
}
