import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { joinLiving, type Living } from '../../test/living.ts'
import { idsOf, numbers, openWebhookBed, soon, upTo, type WebhookBed } from '../../test/webhooks.ts'
import { control } from '../control.ts'
import { replay } from '../../access/webhooks/endpoints.ts'
import { messageId } from './message.ts'

let bed: WebhookBed
let there: Living
beforeAll(async () => {
  bed = await openWebhookBed()
  there = await joinLiving(bed.node.pool)
})
afterEach(() => bed.clear())
afterAll(async () => {
  there.die()
  await bed.close()
})

describe('the node that sends', () => {
  test('is one of all; when it stops, another one goes on and loses nothing', async () => {
    const { url, received } = await bed.receiver()
    const { id } = await bed.add('acme', url)
    const first = await bed.start()
    const second = bed.begin({ node: () => there.id })
    const before = await bed.tell('acme', 10)
    await soon(() => expect(received.length).toBeGreaterThan(3))
    await first.close()
    const after = await bed.tell('acme', 10)
    await soon(() =>
      expect(new Set(idsOf(received))).toEqual(
        new Set([...before, ...after].map((seq) => messageId(bed.node.tail.lineage, seq, id))),
      ),
    )
    // At most what was on its way when the first one stopped came twice.
    expect(received.length).toBeLessThanOrEqual(21)
    expect(second.status.state).toBe('running')
  })

  test('sends an event again that it could not write down as sent, under the same id', async () => {
    const { url, received } = await bed.receiver()
    await bed.add('acme', url)
    let cuts = 0
    const query = (text: string, values: unknown[]) => {
      if (received.length !== 2 || cuts > 0 || !text.includes('delivered_at = now()'))
        return bed.node.pool.query(text, values)
      cuts++
      return Promise.reject(new Error('the connection was lost'))
    }
    await bed.start({ pool: Object.assign(Object.create(bed.node.pool) as typeof bed.node.pool, { query }) })
    await bed.tell('acme', 3)
    await soon(() => expect(numbers(received)).toEqual([1, 2, 2, 3]))
    expect(new Set(idsOf(received)).size).toBe(3)
    expect(cuts).toBe(1)
  })

  test('keeps to the next attempts that stand in Postgres after it has started anew', async () => {
    let isBack = false
    const { url, received } = await bed.receiver(() => (isBack ? 200 : 500))
    await bed.add('acme', url)
    const first = await bed.start({ schedule_ms: [1500, 1500] })
    await bed.tell('acme', 1)
    await soon(async () => expect((await bed.first()).retries).toBe(1))
    await first.close()
    isBack = true
    await bed.start({ schedule_ms: [1500, 1500] })
    expect(received).toHaveLength(1)
    await soon(() => expect(received).toHaveLength(2))
    await soon(async () => expect(await bed.first()).toMatchObject({ retries: 0, dead: 0 }))
  })

  test('sends nothing while it is paused, and what came meanwhile afterwards', async () => {
    const { url, received } = await bed.receiver()
    await bed.add('acme', url)
    const webhooks = await bed.start()
    await control(bed.node.pool, 'pause', 'webhooks')
    await soon(() => expect(webhooks.status.state).toBe('paused'))
    await bed.tell('acme', 3)
    expect(received).toEqual([])
    await control(bed.node.pool, 'resume', 'webhooks')
    await soon(() => expect(numbers(received)).toEqual(upTo(3)))
  })

  test('tells how far all endpoints are, the slowest of them', async () => {
    const [hanging, prompt] = [await bed.receiver(() => undefined), await bed.receiver()]
    for (const { url } of [hanging, prompt]) await bed.add('acme', url)
    const webhooks = await bed.start({ timeout_ms: 60_000 })
    const seqs = await bed.tell('acme', 3)
    await soon(() => expect(prompt.received).toHaveLength(3))
    await soon(() => expect(webhooks.status.seq).toBe(seqs[0]! - 1n))
  })
})

describe('a replay', () => {
  test('sends everything since a seq once more, in order and under the same ids', async () => {
    const { url, received } = await bed.receiver()
    const { id } = await bed.add('acme', url)
    await bed.start()
    const seqs = await bed.tell('acme', 5)
    await soon(() => expect(received).toHaveLength(5))
    expect(await replay(bed.node.pool, seqs[2]!, id)).toBe(1)
    await soon(() => expect(numbers(received)).toEqual([...upTo(5), 3, 4, 5]))
    expect(idsOf(received).slice(5)).toEqual(idsOf(received).slice(2, 5))
  })

  test('also happens when the sink is rewound', async () => {
    const { url, received } = await bed.receiver()
    await bed.add('acme', url)
    const webhooks = await bed.start()
    const seqs = await bed.tell('acme', 3)
    await soon(() => expect(received).toHaveLength(3))
    await soon(() => expect(webhooks.status.seq).toBeGreaterThanOrEqual(seqs[2]!))
    await control(bed.node.pool, 'rewind', 'webhooks', seqs[0])
    await soon(() => expect(numbers(received)).toEqual([1, 2, 3, 2, 3]))
  })
})
