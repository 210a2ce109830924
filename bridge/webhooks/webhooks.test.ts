import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createOutbound } from '../../access/outbound.ts'
import { idsOf, numbers, openWebhookBed, soon, upTo, type WebhookBed } from '../../test/webhooks.ts'
import { control } from '../control.ts'
import { enableEndpoint, listDead, removeEndpoint } from '../../access/webhooks/endpoints.ts'
import { messageId } from './message.ts'

let bed: WebhookBed
beforeAll(async () => void (bed = await openWebhookBed()))
afterEach(() => bed.clear())
afterAll(() => bed.close())

describe('an endpoint', () => {
  test('gets what its tenant may see, in order, signed, and nothing of anybody else', async () => {
    const [mine, picky, elsewhere] = [await bed.receiver(), await bed.receiver(), await bed.receiver()]
    const { id, secret } = await bed.add('acme', mine.url)
    await bed.add('acme', picky.url, ['entropy.published'])
    await bed.add('main', elsewhere.url)
    await bed.tell('acme', 1)
    await bed.start()
    const seqs = await bed.tell('acme', 5)
    await bed.tell('acme', 1, 'money.moved')
    await bed.tell('acme', 2, 'entropy.published')
    await soon(() => expect(numbers(mine.received)).toEqual([1, ...upTo(5), ...upTo(2)]))
    await soon(() => expect(numbers(picky.received)).toEqual(upTo(2)))
    expect(elsewhere.received.filter(({ data }) => 'n' in data)).toEqual([])
    expect(idsOf(mine.received).slice(1, 6)).toEqual(seqs.map((seq) => messageId(bed.node.tail.lineage, seq, id)))
    for (const { body, headers } of mine.received)
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toBeTruthy()
  })

  test('that fails gets the event again under the same id, and the others meanwhile', async () => {
    const { url, received } = await bed.receiver(({ data }, nth) => (data['n'] === 2 && nth < 6 ? 500 : 200))
    await bed.add('acme', url)
    await bed.start({ schedule_ms: [500, 500, 500] })
    await bed.tell('acme', 4)
    await soon(() => expect(numbers(received).filter((n) => n === 2)).toHaveLength(2 + 1))
    expect(numbers(received).slice(0, 4)).toEqual([1, 2, 3, 4])
    const again = received.filter(({ data }) => data['n'] === 2)
    expect(new Set(idsOf(again)).size).toBe(1)
    await soon(async () =>
      expect(await bed.first()).toMatchObject({ failures: 0, last_error: null, retries: 0, dead: 0 }),
    )
  })

  test('that hangs holds up nobody else', async () => {
    const [hanging, prompt] = [await bed.receiver(() => undefined), await bed.receiver()]
    for (const tenant of ['acme', 'main']) await bed.add(tenant, hanging.url)
    await bed.add('acme', prompt.url)
    await bed.start({ timeout_ms: 60_000 })
    await bed.tell('acme', 20)
    await soon(() => expect(numbers(prompt.received)).toEqual(upTo(20)))
    expect(hanging.received).toHaveLength(1)
  })

  test('that hangs for too long has failed', async () => {
    const { url } = await bed.receiver(() => undefined)
    await bed.add('acme', url)
    await bed.start({ timeout_ms: 50, schedule_ms: [60_000] })
    await bed.tell('acme', 1)
    await soon(async () =>
      expect(await bed.first()).toMatchObject({ last_error: 'no answer within 50 ms', retries: 1 }),
    )
  })

  test('that does not answer five times in a row is left alone, and called again after its rest', async () => {
    let isBack = false
    const [silent, prompt] = [await bed.receiver(() => (isBack ? 200 : undefined)), await bed.receiver()]
    for (const url of [silent.url, prompt.url]) await bed.add('acme', url)
    await bed.start({ timeout_ms: 500, rest_ms: 2_000, schedule_ms: [60_000, 60_000] })
    await bed.tell('acme', 8)
    const leftAlone = { last_error: 'not called: it has not answered of late', retries: 8 }
    await soon(async () => expect(await bed.first()).toMatchObject(leftAlone))
    expect(numbers(silent.received)).toHaveLength(5)
    expect(numbers(prompt.received)).toEqual(upTo(8))
    isBack = true
    await bed.node.pool.query(`update webhook_retry set next_at = now() + interval '2 s'`)
    await control(bed.node.pool, 'resume', 'webhooks')
    await soon(() => expect(new Set(numbers(silent.received.slice(5)))).toEqual(new Set(upTo(8))))
    await soon(async () => expect(await bed.first()).toMatchObject({ retries: 0, failures: 0, dead: 0 }))
  })

  test('that is left alone when the last attempt is due has it made after the rest', async () => {
    let isBack = false
    const { url, received } = await bed.receiver(() => (isBack ? 200 : undefined))
    await bed.add('acme', url)
    await bed.start({ timeout_ms: 500, rest_ms: 2_500, schedule_ms: [60_000] })
    await bed.tell('acme', 5)
    await soon(async () => expect(await bed.first()).toMatchObject({ retries: 5 }))
    isBack = true
    await bed.node.pool.query('update webhook_retry set next_at = now()')
    await control(bed.node.pool, 'resume', 'webhooks')
    const leftAlone = { last_error: 'not called: it has not answered of late', retries: 5, dead: 0 }
    await soon(async () => expect(await bed.first()).toMatchObject(leftAlone))
    expect(received).toHaveLength(5)
    await soon(async () => expect(await bed.first()).toMatchObject({ retries: 0, failures: 0, dead: 0 }))
    expect(new Set(numbers(received.slice(5)))).toEqual(new Set(upTo(5)))
  })

  test('that answers 500 ever again is called each time', async () => {
    const { url, received } = await bed.receiver(() => 500)
    await bed.add('acme', url)
    await bed.start({ rest_ms: 60_000, schedule_ms: [60_000] })
    await bed.tell('acme', 12)
    await soon(() => expect(numbers(received)).toEqual(upTo(12)))
  })

  test('that redirects has failed, and nobody goes where it points', async () => {
    const { url, received } = await bed.receiver(() => 302)
    await bed.add('acme', url)
    await bed.start({ schedule_ms: [60_000] })
    await bed.tell('acme', 1)
    await soon(async () => expect(await bed.first()).toMatchObject({ last_error: 'answered 302', retries: 1 }))
    expect(received).toHaveLength(1)
  })

  test('whose name has come to stand for a private address is not called', async () => {
    const { id } = await bed.add('acme', 'https://partner.example/')
    const rebound = createOutbound({
      loopback: false,
      resolve: (_name, answer) => answer(null, [{ address: '10.0.0.1', family: 4 }]),
    })
    await bed.start({ outbound: rebound, schedule_ms: [60_000] })
    await bed.tell('acme', 1)
    await soon(async () =>
      expect(await bed.first()).toMatchObject({
        id,
        retries: 1,
        last_error: expect.stringContaining('may not be called'),
      }),
    )
    rebound.close()
  })

  test('that answers 410 is sent nothing more, until somebody enables it: then it goes on from there', async () => {
    let isGone = true
    const { url, received } = await bed.receiver(({ data }) => (isGone && data['n'] === 2 ? 410 : 200))
    const { id } = await bed.add('acme', url)
    await bed.start()
    await bed.tell('acme', 4)
    await soon(async () => expect(await bed.first()).toMatchObject({ disabled: 'answered 410 Gone' }))
    expect(numbers(received)).toEqual([1, 2])
    isGone = false
    expect(await enableEndpoint(bed.node.pool, id)).toBe(true)
    await soon(() => expect(numbers(received)).toEqual([1, 2, 2, 3, 4]))
  })

  test('that never takes an event has it among the dead letters after the last attempt', async () => {
    const { url, received } = await bed.receiver(({ data }) => (data['n'] === 1 ? 503 : 200))
    const { id } = await bed.add('acme', url)
    await bed.start({ schedule_ms: [10, 10] })
    const [seq] = await bed.tell('acme', 2)
    await soon(async () => expect(await bed.first()).toMatchObject({ dead: 1, retries: 0 }))
    expect(await listDead(bed.node.pool, 10)).toMatchObject([{ endpoint: id, seq, attempts: 3, error: 'answered 503' }])
    expect(numbers(received).filter((n) => n === 1)).toHaveLength(3)
    const { rows } = await bed.node.pool.query(`select seq, reason from dead_letter where sink = 'webhooks'`)
    expect(rows).toContainEqual({ seq: `${seq}`, reason: `${id}: answered 503` })
  })

  test('that is away for long is not sent more than may be put off, and gets all of it once it is back', async () => {
    let isBack = false
    const { url, received } = await bed.receiver(() => (isBack ? 200 : 500))
    await bed.add('acme', url)
    await bed.start({ retries_max: 12, schedule_ms: [3_600_000, 3_600_000] })
    await bed.tell('acme', 30)
    await soon(async () => expect((await bed.first()).retries).toBe(12))
    expect(new Set(numbers(received))).toEqual(new Set(upTo(12)))
    isBack = true
    // What is put off is due in an hour; one event is tried before.
    await bed.node.pool.query(
      'update webhook_retry set next_at = now() where seq = (select min(seq) from webhook_retry)',
    )
    await control(bed.node.pool, 'resume', 'webhooks')
    await soon(() => expect(new Set(numbers(received.slice(12)))).toEqual(new Set(upTo(30))))
    await soon(async () => expect(await bed.first()).toMatchObject({ retries: 0, failures: 0 }))
  })
})

describe('endpoints', () => {
  test('are refused for a URL that may not be called, a type that nobody is told, and past their number', async () => {
    await expect(bed.add('acme', 'https://10.0.0.1/')).rejects.toMatchObject({ code: 'outbound/refused' })
    await expect(bed.add('acme', 'https://example.com/', ['money.moved'])).rejects.toMatchObject({
      code: 'request/invalid',
    })
    await expect(bed.add('acme', 'https://example.com/', ['toString'])).rejects.toMatchObject({
      code: 'request/invalid',
    })
    const asked = await Promise.allSettled(upTo(5).map(() => bed.add('acme', 'https://example.com/')))
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    expect(asked.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'request/too-many' } })
    await bed.add('main', 'https://example.com/')
  })

  test('show their secret once, and it rests sealed', async () => {
    const { id, secret } = await bed.add('acme', 'https://example.com/')
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const { rows } = await bed.node.pool.query<{ row: string }>(
      'select row_to_json(e)::text as row from webhook_endpoint e',
    )
    expect(rows[0]!.row).not.toContain(secret.slice(6))
    expect(
      JSON.stringify(await bed.first(), (_key, each: unknown) => (typeof each === 'bigint' ? `${each}` : each)),
    ).not.toMatch(/secret|whsec/)
    expect(await removeEndpoint(bed.node.pool, id, 'main')).toBe(false)
    expect(await removeEndpoint(bed.node.pool, id, 'acme')).toBe(true)
    expect(await enableEndpoint(bed.node.pool, id)).toBe(false)
  })
})
