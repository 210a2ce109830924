import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contentsOf } from '../schema/box-contents.ts'
import { openTestNode, type TestNode } from '../test/node.ts'
import { Reports } from './reports.ts'

const DRAWS = 10_000_000

let node: TestNode
let reports: Reports
const failures: unknown[] = []
beforeAll(async () => {
  node = await openTestNode()
  reports = new Reports({ pool: node.pool, draws: DRAWS, failed: (error) => void failures.push(error) })
})
afterAll(async () => {
  await reports.close()
  await node.close()
})

const contents = async (id: string) => contentsOf((await node.catalog.box('main', id))!.box)

test('ten million openings are drawn aside while the node answers others, tell how far they are, and agree', async () => {
  const box = await contents('pocket-change')
  let report = await reports.begin('main', 'pocket-change', box)
  expect(report).toMatchObject({ state: 'running', draws: DRAWS, simulation: null })
  const seen: number[] = []
  const pauses: number[] = []
  while (report.state === 'running') {
    const begun = performance.now()
    await delay(50)
    expect((await node.call('GET', '/boxes/catalog')).status).toBe(200)
    pauses.push(performance.now() - begun)
    report = (await reports.find('main', 'pocket-change', report.hash))!
    seen.push(report.drawn)
  }
  expect(report).toMatchObject({ state: 'done', drawn: DRAWS, simulation: { draws: DRAWS, agrees: true } })
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  expect(seen.some((drawn) => drawn > 0 && drawn < DRAWS)).toBe(true)
  // In the node's own thread it would be one pause of some seconds.
  expect(pauses.length).toBeGreaterThan(10)
  const { exact, simulation } = report
  expect(Math.abs(simulation!.returnToPlayer - exact.returnToPlayer)).toBeLessThan(0.005)
  expect(await reports.allows('main', 'pocket-change', box)).toBe(true)
  expect(await reports.begin('main', 'pocket-change', box)).toEqual(report)
}, 120_000)

test('one node draws only so many at once, and what it ends with was cut off', async () => {
  const ids = ['garden-shed', 'night-market', 'tidal-cache']
  const [one, two, three] = await Promise.all(ids.map(contents))
  const { hash } = await reports.begin('main', ids[0]!, one!)
  await reports.begin('main', ids[1]!, two!)
  await expect(reports.begin('main', ids[2]!, three!)).rejects.toMatchObject({ code: 'server/busy' })
  await reports.close()
  expect(await reports.find('main', ids[0]!, hash)).toMatchObject({ state: 'running', simulation: null })
  expect(await reports.allows('main', ids[0]!, one!)).toBe(false)
  expect(failures).toEqual([])
})
