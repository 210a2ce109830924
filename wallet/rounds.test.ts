import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { auditLedger } from '../ledger/audit/audit.ts'
import { openWalletNode, type WalletNode } from '../test/wallet.ts'

let wallet: WalletNode
beforeAll(async () => {
  wallet = await openWalletNode({ ask_ms: 200, expiry_ms: 1_500, kept_ms: 3_000 })
})
afterAll(async () => {
  expect(await auditLedger({ databaseUrl: wallet.node.url })).toMatchObject({ audit: 'ok' })
  await wallet.close()
})

describe('a deposit that nobody tells of', () => {
  test('is asked for, and counts though its webhook is late by minutes', async () => {
    const ann = await wallet.player()
    const id = await wallet.begun(ann)
    await wallet.happen(id, { type: 'paid', delays_ms: [600_000] })
    await wallet.stands(ann, id, { state: 'paid' })
    expect(await wallet.money(ann)).toMatchObject({ has: 5000n })
  })

  test('expires, gives its limit back, and counts all the same when it is paid afterwards', async () => {
    const ann = await wallet.player()
    await wallet.call(ann.token, 'PUT', '/limits/deposit/USD', { amount: '5000' })
    const id = await wallet.begun(ann)
    await wallet.stands(ann, id, { state: 'expired', url: null })
    const other = await wallet.begun(ann)
    await wallet.happen(id, { type: 'paid' })
    await wallet.stands(ann, id, { state: 'paid', paid: '5000' })
    await wallet.happen(other, { type: 'failed' })
    await wallet.stands(ann, other, { state: 'failed' })
    expect(await wallet.money(ann)).toMatchObject({ has: 5000n })
  })

  test('leaves the hot tables when its time for refunds is over, and stays to be seen', async () => {
    const ann = await wallet.player()
    const id = await wallet.paid(ann)
    const isHot = async () =>
      (await wallet.node.pool.query('select from actor where id = $1', [`payment-${id}`])).rowCount === 1
    await vi.waitFor(async () => expect(await isHot()).toBe(false), 8_000)
    expect(await wallet.payment(ann, id)).toMatchObject({ state: 'paid', paid: '5000' })
    expect((await wallet.call(ann.token, 'GET', '/payments')).body.payments).toMatchObject([{ id, state: 'paid' }])
    const alarms = await wallet.node.pool.query('select from actor_alarm where actor = $1', [`payment-${id}`])
    expect(alarms.rowCount).toBe(0)
  })
})

test('the sandbox tells what it has not told yet when it starts anew', async () => {
  const { openSandbox } = await import('./sandbox/open.ts')
  const { createDatabase } = await import('../test/database.ts')
  const database = await createDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 3 })
  pool.on('connect', (client) => void client.on('error', () => {}))
  const told: string[] = []
  const { createServer } = await import('node:http')
  const listener = createServer((request, response) => {
    told.push(String(request.headers['webhook-id']))
    request.resume()
    // The first copy of each is not taken.
    response.writeHead(told.filter((id) => id === request.headers['webhook-id']).length === 1 ? 503 : 204).end()
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as { port: number }
  const options = { pool, secret: 's', back: '', port: 0, url: '', clock: Date.now, failed: console.error }
  const deaf = await openSandbox({ ...options, notify: () => '' })
  const { url } = await deaf.provider.begin({ payment: 'p-1', asset: 'USD', amount: 1_00n })
  await fetch(url, { method: 'POST', body: new URLSearchParams({ act: 'approve' }) })
  await deaf.close()
  const sandbox = await openSandbox({ ...options, notify: () => `http://127.0.0.1:${port}/` })
  try {
    await vi.waitFor(() => expect(told).toHaveLength(2), 8_000)
    expect(new Set(told).size).toBe(1)
    expect(await sandbox.provider.begin({ payment: 'p-1', asset: 'USD', amount: 1_00n })).toMatchObject({
      reference: url.split('/').at(-1),
    })
    expect(await sandbox.provider.look('p-1')).toMatchObject([{ type: 'paid', amount: 100n }])
    const page = await (await fetch(`${sandbox.url}/pay/${url.split('/').at(-1)}`)).text()
    expect(page).toContain('1.00 USD')
    expect((await fetch(`${sandbox.url}/pay/sb_guessed`)).status).toBe(404)
    expect((await fetch(`${sandbox.url}/v1/report?since=0&until=1`)).status).toBe(401)
    const wrong = await fetch(`${sandbox.url}/v1/report?since=0&until=1`, { headers: { authorization: 'Bearer t' } })
    expect(wrong.status).toBe(401)
  } finally {
    await sandbox.close()
    listener.close()
    await pool.end()
    await database.drop()
  }
})
