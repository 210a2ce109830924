import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { openLedger, type OpenLedger } from '../open.ts'
import { auditLedger } from './audit.ts'
import { commitSample, outcome, pay, type Sample } from './sample.ts'

let database: TestDatabase
let open: OpenLedger
let sample: Sample
let sql: (text: string) => Promise<unknown>

beforeEach(async () => {
  database = await createDatabase()
  open = await openLedger({ databaseUrl: database.url, failed: () => {} })
  sample = await commitSample(open.ledger)
  const client = new pg.Client({ connectionString: database.url })
  client.on('error', () => {}) // dropping the database cuts it
  await client.connect()
  sql = (text) => client.query(text)
})

afterEach(async () => {
  await open.close()
  await database.drop()
})

const audit = (since?: number) => auditLedger({ databaseUrl: database.url, ...(since === undefined ? {} : { since }) })

/** The check that fails once this is done to the database. */
async function caught(corruption: string): Promise<string> {
  await sql(corruption)
  const result = await audit()
  return result.audit === 'ok' ? 'nothing' : result.finding.what
}

describe('a clean database', () => {
  it('passes, from its first seq and from every later one', async () => {
    const whole = await audit()
    expect(whole).toMatchObject({ audit: 'ok' })
    if (whole.audit !== 'ok') return
    expect(whole.outcomes).toBeGreaterThan(30)
    for (let since = 0; since <= whole.seq + 1; since++) expect(await audit(since)).toMatchObject({ audit: 'ok' })
  })

  it('passes with no more than a few accounts in memory', async () => {
    expect(await auditLedger({ databaseUrl: database.url, accounts_max: 2 })).toMatchObject({ audit: 'ok' })
  })

  it('passes while others commit', async () => {
    const stop = new AbortController()
    const commits = (async () => {
      while (!stop.signal.aborted)
        await open.ledger.commit(outcome('pay', { transfers: [pay('faucet:play', 'user:eve', 1n)] }))
    })()
    const audits = []
    for (let i = 0; i < 10; i++) audits.push((await audit()).audit)
    stop.abort()
    await commits
    expect(audits).toEqual(Array(10).fill('ok'))
  })

  it('passes when it is empty', async () => {
    const empty = await createDatabase()
    expect(await auditLedger({ databaseUrl: empty.url })).toMatchObject({ audit: 'ok', outcomes: 0, seq: 0 })
    await empty.drop()
  })
})

describe('what does not follow from the chain', () => {
  const cat = `(select id from account where owner = 'user:cat' limit 1)`
  const lastPay = `(select max(first_seq) from outcome where kind = 'pay')`
  it.each([
    [
      'a changed payload',
      `update event set payload = replace(payload::text, 'ann', 'bob')::json where seq = 5`,
      'batch/digest',
    ],
    ['a changed audience', `update event set audience = 'public' where seq = 3`, 'batch/digest'],
    ['a removed event', `delete from event where seq = 7`, 'event/gap'],
    ['a removed outcome', `delete from outcome where first_seq = 7`, 'outcome/gap'],
    ['a removed transfer', `delete from transfer where seq = ${lastPay}`, 'batch/digest'],
    ['a removed batch', `delete from batch where first_seq = 7 or last_seq = 7`, 'batch/gap'],
    ['the last batch removed', `delete from batch where last_seq = (select seq from head)`, 'head/seq'],
    ['a changed amount', `update transfer set amount = amount + 1 where seq = ${lastPay}`, 'transfer/balance'],
    [
      'a changed balance after',
      `update transfer set debit_after = debit_after + 1 where seq = ${lastPay}`,
      'transfer/balance',
    ],
    ['a transfer to another account', `update transfer set credit = ${cat} where seq = ${lastPay}`, 'transfer/balance'],
    ['a transfer of another tenant', `update transfer set tenant = 'other' where seq = ${lastPay}`, 'transfer/tenant'],
    ['a transfer out of place', `update transfer set n = 4 where seq = ${lastPay}`, 'transfer/order'],
    [
      'a changed salt',
      `update batch set salt = sha256(salt) where last_seq = (select min(last_seq) from batch)`,
      'batch/digest',
    ],
    [
      'a changed digest',
      `update batch set digest = sha256(digest) where last_seq = (select max(last_seq) from batch)`,
      'batch/digest',
    ],
    [
      'a changed hash',
      `update batch set hash = sha256(hash) where last_seq = (select min(last_seq) from batch)`,
      'batch/hash',
    ],
    ['a changed request', `update outcome set request = sha256(request) where first_seq = 6`, 'batch/digest'],
    ['a changed version', `update outcome set version = version + 1 where first_seq = 6`, 'batch/digest'],
    ['a renamed account', `update account set owner = 'user:zoe' where owner = 'user:cat'`, 'batch/digest'],
    ['another time of an outcome', `update outcome set at = at + interval '1 ms' where first_seq = 6`, 'outcome/time'],
    ['another time of an event', `update event set at = at + interval '1 ms' where seq = 6`, 'event/time'],
    [
      'another time of everything',
      `update batch set at = at + interval '1 s'; update outcome set at = at + interval '1 s'; update event set at = at + interval '1 s'`,
      'batch/hash',
    ],
    ['a batch before its time', `update batch set at = at - interval '1 h' where last_seq > 10`, 'batch/time'],
    ['another tenant of an event', `update event set tenant = 'other' where seq = 6`, 'event/tenant'],
    ['another actor of an event', `update event set actor = 'other' where seq = 6`, 'event/actor'],
    ['an event of another outcome', `update event set outcome = gen_random_uuid() where seq = 6`, 'event/outcome'],
    ['another head', `update head set hash = sha256(hash)`, 'head/hash'],
    ['a head that is ahead', `update head set seq = seq + 1`, 'head/seq'],
    ['a head of another time', `update head set at = at + interval '1 s'`, 'head/time'],
    [
      'an event beyond the head',
      `insert into event select seq + 1000, type, audience, tenant, actor, user_id, outcome, at, payload from event where seq = 1`,
      'head/seq',
    ],
    [
      'outcomes that changed places',
      `update outcome set first_seq = -first_seq, last_seq = -last_seq where first_seq in (1, 2);
       update outcome set first_seq = 3 + first_seq, last_seq = 3 + last_seq where first_seq < 0`,
      'event/outcome',
    ],
  ])('is caught: %s', async (_, corruption, what) => {
    expect(await caught(corruption)).toBe(what)
  })
})

describe('what does not follow from the transfers', () => {
  it.each([
    ['a balance', `update account set balance = balance + 1 where owner = 'user:ann'`, 'asset/sum'],
    [
      'two balances that still sum to 0',
      `update account set balance = balance + case owner when 'user:ann' then 1 else -1 end where owner in ('user:ann', 'user:bob')`,
      'account/balance',
    ],
    ['what is held', `update account set held = held + 1 where owner = 'user:cat'`, 'account/held'],
    ['an open hold removed', `delete from hold; update account set held = 0`, 'hold/step'],
    ['a changed hold', `update hold set expires_at = expires_at + interval '1 s'`, 'hold/step'],
    ['a closed hold', `update hold_closed set posted = 61 where how = 'posted'`, 'hold/step'],
    [
      'a hold that nobody placed',
      `insert into hold_closed select gen_random_uuid(), tenant, debit, credit, amount, expires_at, placed_by, closed_by, posted, how from hold_closed`,
      'hold/origin',
    ],
    ['a thawed account', `update account set frozen = false`, 'account/frozen'],
    ['a frozen account', `update account set frozen = true where owner = 'user:bob'`, 'account/frozen'],
    ['a user who may owe', `update account set may_be_negative = true where owner = 'user:bob'`, 'account/unknown'],
    [
      'an account both open and closed',
      `insert into account_closed select id, tenant, owner, asset, version from account where owner = 'user:bob'`,
      'account/twice',
    ],
    ['an actor that went back', `update actor set version = 1`, 'actor/version'],
    ['an actor that is gone', `delete from actor`, 'actor/version'],
  ])('is caught: %s', async (_, corruption, what) => {
    expect(await caught(corruption)).toBe(what)
  })
})

describe('a battle', () => {
  it('that settles twice is caught', async () => {
    await sql(`with gone as (delete from actor_finished where id = '${sample.settled}' returning *)
      insert into actor (id, tenant, kind, epoch, version, state) select id, tenant, kind, epoch, version, state from gone`)
    const again = { id: sample.settled, kind: 'battle', epoch: 0, version: 3, finished: true }
    const events = [{ type: 'battle.settled', payload: {} }] as const
    await open.ledger.commit(outcome('battle.end', { actor: again, events }))
    expect(await audit()).toMatchObject({
      finding: { what: 'battle/settled', actor: sample.settled, found: '2 times' },
    })
  })

  it('that has not finished but settled is caught', async () => {
    const actor = { id: sample.open, kind: 'battle', epoch: 0, version: 2 }
    await open.ledger.commit(outcome('battle.end', { actor, events: [{ type: 'battle.settled', payload: {} }] }))
    expect(await audit()).toMatchObject({ finding: { what: 'battle/settled', actor: sample.open } })
  })

  it('that finished without an end is caught', async () => {
    const actor = { id: sample.open, kind: 'battle', epoch: 0, version: 2, finished: true }
    await open.ledger.commit(
      outcome('battle.end', { actor, transfers: [pay(`escrow:${sample.open}`, 'user:bob', 100n)] }),
    )
    expect(await audit()).toMatchObject({ finding: { what: 'battle/settled', actor: sample.open, found: 'never' } })
  })

  it('that left something in its escrow is caught', async () => {
    await open.ledger.commit(outcome('pay', { transfers: [pay('user:ann', `escrow:${sample.cancelled}`, 1n)] }))
    expect(await audit()).toMatchObject({
      finding: { what: 'battle/escrow', expected: 'an empty escrow of a finished battle' },
    })
  })

  it('that holds more than its seats cost is caught', async () => {
    await open.ledger.commit(outcome('pay', { transfers: [pay('user:ann', `escrow:${sample.open}`, 1n)] }))
    expect(await audit()).toMatchObject({
      finding: { what: 'battle/stakes', actor: sample.open, expected: '100', found: '101' },
    })
  })
})
