import { describe, expect, test } from 'vitest'
import type { EventDraft } from '../../schema/event.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { EVENT, pay, refusal, type Given } from './world.ts'

export function eventSpec(given: Given): void {
  describe('events', () => {
    numbering(given)
    audiences(given)
    reading(given)
    following(given)
  })
}

function numbering(given: Given): void {
  test('every event has a seq of its own, several in one outcome follow each other', async () => {
    const w = given()
    const { first_seq, last_seq } = await w.commit({ events: [EVENT, EVENT, EVENT] })
    expect(last_seq - first_seq).toBe(2n)
    expect((await w.events()).map(({ seq }) => seq)).toEqual([first_seq, first_seq + 1n, last_seq])
  })

  test('seq has no gap over refused and accepted ones, and the head stands at the last', async () => {
    const w = given()
    const { seq: since } = await w.ledger.reader.head()
    const tries = Array.from({ length: 40 }, (_, i) =>
      w.commit({
        transfers: i % 3 === 0 ? [pay('user:poor', 'user:b', 1n)] : [],
        events: i % 2 === 0 ? [EVENT] : [EVENT, EVENT],
      }),
    )
    await Promise.allSettled(tries)
    const { seq: head } = await w.ledger.reader.head()
    const events = await w.ledger.reader.events({ since, limit: 1_000 })
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => since + BigInt(i) + 1n))
    expect(events.at(-1)!.seq).toBe(head)
  })

  test('an event says what, when, whose and for whom, with its payload as it was given', async () => {
    const w = given()
    const id = await w.actor()
    const payload = { z: '12', a: ['x', { deep: true }], n: null, text: 'ü \u0000 " \\ \ud83c\udfb2' }
    const outcome = w.outcome({
      actor: { id, kind: 'thing', epoch: 0, version: 1 },
      events: [{ type: 'battle.left', payload, user: 'u-1' }],
    })
    const { first_seq, at_ms } = await w.ledger.commit(outcome)
    expect(await w.events('battle.left')).toEqual([
      {
        seq: first_seq,
        type: 'battle.left',
        audience: 'public',
        tenant: w.tenant,
        actor: id,
        user: 'u-1',
        outcome: outcome.id,
        at_ms,
        payload,
      },
    ])
  })

  test('amounts in a payload are decimal strings', async () => {
    const w = given()
    await w.commit({ events: [{ ...EVENT, payload: { amount: 2n ** 62n } }] })
    expect((await w.events())[0]?.payload).toEqual({ amount: (2n ** 62n).toString() })
  })

  test('times never go back from one event to the next', async () => {
    const w = given()
    for (let i = 0; i < 5; i++) await w.commit()
    const times = (await w.events()).map(({ at_ms }) => at_ms)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })
}

function audiences(given: Given): void {
  const cases: readonly (readonly [EventDraft['type'], EventDraft['audience'], string])[] = [
    ['battle.created', undefined, 'public'],
    ['battle.created', 'tenant', 'tenant'],
    ['battle.created', 'internal', 'internal'],
    ['item.sold', 'public', 'user'],
    ['item.sold', 'internal', 'internal'],
    ['money.moved', 'public', 'internal'],
  ]
  for (const [type, asked, expected] of cases)
    test(`${type} asked to be ${asked ?? 'as its type says'} is ${expected}`, async () => {
      const w = given()
      await w.commit({ events: [asked === undefined ? { type, payload: {} } : { type, payload: {}, audience: asked }] })
      expect((await w.events())[0]?.audience).toBe(expected)
    })

  test('the user of an event needs the shape of one', async () => {
    const w = given()
    expect(await refusal(w.commit({ events: [{ ...EVENT, user: 'some one' }] }))).toBe('ledger/invalid')
  })

  test('200 events are taken, 201 are not', async () => {
    const w = given()
    const some = (length: number) => Array.from({ length }, () => EVENT)
    expect(await refusal(w.commit({ events: some(201) }))).toBe('ledger/invalid')
    const { first_seq, last_seq } = await w.commit({ events: some(200) })
    expect(last_seq - first_seq).toBe(199n)
  })
}

function reading(given: Given): void {
  test('events are read by tenant, type and actor, and between two seqs', async () => {
    const [w, other] = [given(), given()]
    const id = await w.actor()
    await other.commit({ events: [{ type: 'battle.joined', payload: {} }] })
    const joined = await w.act({ id, version: 1 }, { events: [{ type: 'battle.joined', payload: {} }, EVENT] })
    const { reader } = w.ledger
    const all = { since: 0n, limit: 100 }
    const seqs = async (query: Parameters<typeof reader.events>[0]) =>
      (await reader.events(query)).map(({ seq }) => seq)
    const { first_seq, last_seq } = joined
    expect(await seqs({ ...all, tenant: w.tenant, type: 'battle.joined' })).toEqual([first_seq])
    expect(await seqs({ ...all, tenant: w.tenant, actor: id })).toEqual([first_seq - 2n, first_seq, last_seq])
    expect(await seqs({ ...all, tenant: w.tenant, actor: id, since: first_seq - 1n })).toEqual([first_seq, last_seq])
    expect(await seqs({ ...all, tenant: w.tenant, since: first_seq - 2n, until: first_seq })).toEqual([first_seq])
    expect(await seqs({ since: first_seq - 2n, limit: 2 })).toEqual([first_seq - 1n, first_seq])
    expect(await seqs({ ...all, tenant: other.tenant, actor: id })).toEqual([])
  })

  test('events are read by the one user they concern, and by the outcome they came with', async () => {
    const [w, other] = [given(), given()]
    const sold: EventDraft = { type: 'item.sold', user: 'ann', payload: {} }
    const { id, first_seq, last_seq } = await w.commit({ events: [sold, EVENT] })
    const later = await w.commit({ events: [{ ...sold, user: 'bob' }, sold] })
    const seqs = async (query: object) =>
      (await w.ledger.reader.events({ since: 0n, limit: 100, ...query })).map(({ seq }) => seq)
    expect(await seqs({ tenant: w.tenant, user: 'ann' })).toEqual([first_seq, later.last_seq])
    expect(await seqs({ tenant: w.tenant, user: 'ann', since: first_seq })).toEqual([later.last_seq])
    expect(await seqs({ tenant: w.tenant, outcome: id })).toEqual([first_seq, last_seq])
    expect(await seqs({ tenant: w.tenant, outcome: uuidv7() })).toEqual([])
    expect(await seqs({ tenant: other.tenant, user: 'ann' })).toEqual([])
    expect(await seqs({ tenant: other.tenant, outcome: id })).toEqual([])
  })
}

function following(given: Given): void {
  test('the tail tells every event once, in order, as the reader reads it', async () => {
    const w = given()
    const { tail } = w.opened
    const heard: unknown[] = []
    const last = Promise.withResolvers<void>()
    const stop = tail.subscribe((events) => {
      heard.push(...events.filter(({ tenant }) => tenant === w.tenant))
      if (heard.length >= 30) last.resolve()
    })
    await Promise.all(Array.from({ length: 15 }, (_, i) => w.commit({ events: [EVENT, { ...EVENT, payload: { i } }] })))
    await last.promise
    stop()
    expect(heard).toEqual(await w.events())
  })

  test('the tail of another node hears it too', async () => {
    const w = given()
    const other = await w.store.open()
    const heard = Promise.withResolvers<bigint>()
    other.tail.subscribe((events) => {
      for (const { tenant, seq } of events) if (tenant === w.tenant) heard.resolve(seq)
    })
    const { first_seq } = await w.commit()
    expect(await heard.promise).toBe(first_seq)
    await other.close()
  })
}
