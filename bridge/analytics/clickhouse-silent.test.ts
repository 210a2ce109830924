import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { clickHouseClient } from '../clickhouse/client.ts'
import { createClickHouseAnalytics } from './clickhouse-reader.ts'

/** An HTTP server in ClickHouse's place, and what asks it. */
async function standIn(behave: () => { status: number; body: string } | undefined) {
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    request.resume()
    const answer = behave()
    if (answer) response.writeHead(answer.status).end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = clickHouseClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(async () => {
    await client.close()
    server.close().closeAllConnections()
  })
  return { client, asked: () => asked }
}

const busy = expect.objectContaining({ code: 'server/busy' })
const told = (work: Promise<unknown>) => work.then(String, (error: Error) => error)

test('a ClickHouse that does not answer is asked no more for a while, and again after the rest', async () => {
  let isBack = false
  const { client, asked } = await standIn(() => (isBack ? { status: 200, body: '' } : undefined))
  const reader = createClickHouseAnalytics(client, { timeout_ms: 300, failures: 3, rest_ms: 1_000 })
  for (let n = 0; n < 3; n++)
    expect(await told(reader.boxes('main'))).toMatchObject({ message: 'no answer within 300 ms' })
  for (let n = 0; n < 10; n++) expect(await told(reader.boxes('main'))).toEqual(busy)
  expect(asked()).toBeLessThanOrEqual(3)
  isBack = true
  await vi.waitFor(async () => expect(await reader.boxes('main')).toEqual([]), { timeout: 10_000 })
})

test('a ClickHouse that refuses a query has answered', async () => {
  const body = 'Code: 60. DB::Exception: Table x does not exist. (UNKNOWN_TABLE) (version 25.1)'
  const { client, asked } = await standIn(() => ({ status: 404, body }))
  const reader = createClickHouseAnalytics(client, { failures: 2, rest_ms: 60_000 })
  for (let n = 0; n < 5; n++) expect(await told(reader.boxes('main'))).toMatchObject({ code: '60' })
  expect(asked()).toBe(5)
})
