import { createHash, timingSafeEqual } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { actNamed } from './acts.ts'
import { eventToJson } from './message.ts'
import { payPage } from './page.ts'
import { Sender } from './sender.ts'
import { SandboxStore, type SandboxPayment } from './store.ts'
import type { SandboxOptions } from './open.ts'

const BODY_BYTES_MAX = 16_384
/** More than this the sandbox will not take at once. */
const AMOUNT_MAX = 100_000_000n

const amount = z
  .string()
  .regex(/^[1-9][0-9]{0,17}$/)
  .transform(BigInt)
const money = z.object({ payment: z.string().min(1).max(64), asset: z.string().max(100), amount })
const payout = money.extend({ target: z.string().max(200) })
const refund = money.extend({ refund: z.string().min(1).max(64) })
const happening = z.object({
  type: z.enum(['paid', 'failed', 'refunded', 'refund-failed', 'charged-back', 'paid-out', 'payout-failed']),
  part: z.string().min(1).max(64).optional(),
  amount: amount.optional(),
  delays_ms: z.array(z.int().min(0).max(600_000)).max(50).optional(),
})
const happenings = z.array(happening).max(50)
const acted = z.object({ act: z.string().max(40) })
const span = z.object({ since: z.coerce.number().int(), until: z.coerce.number().int() })

export type SandboxServer = Readonly<{ url: string; close(): Promise<void> }>

/** Starts the sandbox on a port of this machine. Its API is for who has the secret; its pages are for anyone with the link. */
export async function startSandboxServer(options: SandboxOptions): Promise<SandboxServer> {
  const { pool, clock, port } = options
  const store = new SandboxStore(pool, clock)
  const sender = new Sender({ ...options, store })
  const app = new Hono()
  app.use(bodyLimit({ maxSize: BODY_BYTES_MAX }))
  app.onError((error, c) => {
    if (error instanceof z.ZodError) return c.json({ error: 'invalid' }, 422)
    options.failed(error)
    return c.json({ error: 'internal' }, 500)
  })
  let url = ''
  addApi(app, { store, sender, secret: options.secret, payUrl: (reference) => `${url}/pay/${reference}` })
  addPages(app, { store, sender, back: options.back })
  const answer = getRequestListener(app.fetch)
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  url = options.url || `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    async close() {
      await sender.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Parts = Readonly<{ store: SandboxStore; sender: Sender }>

function addApi(app: Hono, parts: Parts & Readonly<{ secret: string; payUrl: (reference: string) => string }>): void {
  const { store, sender, secret, payUrl } = parts
  const answer = async (payment: string) => ({ events: (await store.eventsOf(payment)).map(eventToJson) })
  app.use('/v1/*', async (c, next) => {
    if (!isSame(c.req.header('authorization') ?? '', `Bearer ${secret}`)) return c.json({ error: 'unauthorized' }, 401)
    return next()
  })
  app.post('/v1/payments', async (c) => {
    const wanted = money.parse(await c.req.json())
    if (wanted.amount > AMOUNT_MAX) return c.json({ error: 'amount' }, 422)
    const { reference } = await store.make({ ...wanted, direction: 'in', target: null })
    return c.json({ reference, url: payUrl(reference) })
  })
  app.post('/v1/payouts', async (c) => {
    const wanted = payout.parse(await c.req.json())
    if (wanted.target.includes('DOWN')) return c.json({ error: 'down' }, 503)
    await payOut(parts, await store.make({ ...wanted, direction: 'out' }))
    return c.json(await answer(wanted.payment))
  })
  app.post('/v1/refunds', async (c) => {
    const { payment, refund: part, amount: given } = refund.parse(await c.req.json())
    const known = await store.find({ payment })
    if (known === undefined) return c.json({ error: 'unknown' }, 404)
    await store.happen(known, { type: await refundResult(store, known, given), part, amount: given })
    sender.wake()
    return c.json(await answer(payment))
  })
  app.post('/v1/payments/:payment/happenings', async (c) => {
    const known = await store.find({ payment: c.req.param('payment') })
    if (known === undefined) return c.json({ error: 'unknown' }, 404)
    for (const each of happenings.parse(await c.req.json())) await store.happen(known, each)
    sender.wake()
    return c.json(await answer(known.payment))
  })
  app.get('/v1/payments/:payment/events', async (c) => c.json(await answer(c.req.param('payment'))))
  app.get('/v1/report', async (c) => {
    const { since, until } = span.parse(c.req.query())
    return c.json({ events: (await store.eventsWithin(since, until)).map(eventToJson) })
  })
}

function addPages(app: Hono, { store, sender, back }: Parts & Readonly<{ back: string }>): void {
  app.get('/pay/:reference', async (c) => {
    const payment = await store.find({ reference: c.req.param('reference') })
    if (payment?.direction !== 'in') return c.text('There is no such payment.', 404)
    return c.html(payPage(payment, await store.eventsOf(payment.payment), back))
  })
  app.post('/pay/:reference', async (c) => {
    const payment = await store.find({ reference: c.req.param('reference') })
    if (payment?.direction !== 'in') return c.text('There is no such payment.', 404)
    const { act } = acted.parse(await c.req.parseBody())
    const events = await store.eventsOf(payment.payment)
    const what = actNamed(act)?.what(`${act}-${events.length}`) ?? []
    for (const each of what) await store.happen(payment, each)
    sender.wake()
    return c.redirect(`/pay/${payment.reference}`, 303)
  })
}

/** A target says what becomes of a payout: FAIL fails, SILENT is never told of, LATE is told late; any other is paid. */
async function payOut({ store, sender }: Parts, payment: SandboxPayment): Promise<void> {
  const { target } = payment
  if (target === null || target.includes('SILENT') || (await store.eventsOf(payment.payment)).length > 0) return
  const isLate = target.includes('LATE')
  const type = target.includes('FAIL') ? 'payout-failed' : 'paid-out'
  await store.happen(payment, { type, delays_ms: isLate ? [2_000] : [0] })
  sender.wake()
}

/** More than what is left of a payment is not given back. */
async function refundResult(store: SandboxStore, { payment }: SandboxPayment, wanted: bigint) {
  const events = await store.eventsOf(payment)
  const sum = (...types: readonly string[]) =>
    events.reduce((total, { type, amount: each }) => (types.includes(type) ? total + each : total), 0n)
  return wanted <= sum('paid') - sum('refunded', 'charged-back') ? 'refunded' : 'refund-failed'
}

function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
