import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestNode, type TestNode } from '../test/node.ts'
import { bridgeRoutes } from './health.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const record = (name: string, state: string, error: string | null, seq: bigint) =>
  node.pool.query(
    `insert into sink_cursor(name, lineage, seq, state, error) select $1, lineage, $4, $2, $3 from head`,
    [name, state, error, seq],
  )

test('says of every sink where it is and how far behind, and is unwell as long as one stands still', async () => {
  const routes = bridgeRoutes(node.pool)
  expect(await (await routes.request('/health/bridge')).json()).toEqual({ status: 'ok', sinks: [] })
  const { seq: head, lineage } = await node.ledger.reader.head()
  await record('quick', 'running', null, head)
  const well = await routes.request('/health/bridge')
  expect(well.status).toBe(200)
  expect(await well.json()).toMatchObject({ sinks: [{ name: 'quick', seq: `${head}`, lag_events: '0', lag_s: 0 }] })
  await record('stuck', 'stopped', 'no such topic', 1n)
  await node.pool.query(
    `insert into dead_letter(sink, lineage, seq, type, tenant, reason) values ('stuck', $1, 1, 't', 'main', 'why')`,
    [lineage],
  )
  const unwell = await routes.request('/health/bridge')
  expect(unwell.status).toBe(503)
  const { sinks } = (await unwell.json()) as { sinks: { name: string; lag_s: number }[] }
  expect(sinks[1]).toMatchObject({
    name: 'stuck',
    state: 'stopped',
    error: 'no such topic',
    lag_events: `${head - 1n}`,
  })
  expect(sinks[1]!.lag_s).toBeGreaterThan(0)
  const metrics = await (await routes.request('/health/bridge/metrics')).text()
  expect(metrics).toContain(`rollingdrop_sink_lag_events{sink="stuck"} ${head - 1n}\n`)
  expect(metrics).toContain('rollingdrop_sink_state{sink="stuck",state="stopped"} 1\n')
  expect(metrics).toContain('rollingdrop_sink_dead_letters{sink="stuck"} 1\n')
  expect(metrics).toContain('rollingdrop_sink_failed{sink="quick"} 0\n')
})
