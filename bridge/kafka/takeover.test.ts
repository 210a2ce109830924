import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLedger, type OpenLedger } from '../../ledger/open.ts'
import { commitEvents } from '../../loadtest/bench/relay-events.ts'
import { RelayProcess } from '../../loadtest/bench/relay-process.ts'
import { createDatabase, type TestDatabase } from '../../test/database.ts'
import { kafka } from '../../test/services/kafka.ts'
import { hasKcat, readWithKcat } from '../../test/services/kcat.ts'
import { hasService, sharedService } from '../../test/services/shared.ts'

const canRun = hasService(kafka) && hasKcat()
/** What is promised, from the leader's end to its successor's first batch. */
const GOES_ON_WITHIN_MS = 5_000

let brokers: string
let database: TestDatabase
let opened: OpenLedger
const started: RelayProcess[] = []
beforeEach(async () => {
  if (!canRun) return
  ;[brokers, database] = await Promise.all([sharedService(kafka), createDatabase()])
  opened = await openLedger({ databaseUrl: database.url })
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((relay) => relay.kill()))
  await opened?.close()
  await database?.drop()
})

describe.skipIf(!canRun)('the relay to Kafka', () => {
  test.each([
    ['is killed', 'SIGKILL'],
    ['freezes', 'SIGSTOP'],
  ] as const)(
    'goes on elsewhere within 5 s when its process %s in the middle, and nothing is lost or double',
    async (_what, signal) => {
      const prefix = `k${randomBytes(4).toString('hex')}.`
      const begin = () => {
        const relay = new RelayProcess(database.url, 'kafka', { url: brokers, prefix })
        started.push(relay)
        return relay
      }
      const first = begin()
      const start = BigInt((await first.until(({ state }) => state === 'running', 20_000)).seq)
      const second = begin()
      await second.until(({ state }) => state === 'standby', 20_000)
      const committing = commitEvents(opened.ledger, 4_000)
      await first.until(({ seq }) => BigInt(seq) > start, 10_000)
      first.child.kill(signal)
      const ended = performance.now()
      await second.until(({ state }) => state === 'running', GOES_ON_WITHIN_MS)
      expect(performance.now() - ended).toBeLessThan(GOES_ON_WITHIN_MS)
      const last = await committing
      if (signal === 'SIGSTOP') first.child.kill('SIGCONT')
      const more = await commitEvents(opened.ledger, 200)
      await second.until(({ seq }) => BigInt(seq) >= more, 20_000)
      expect(more).toBeGreaterThan(last)
      const topics = ['transaction-events', 'admin-operations']
      const shown = (await Promise.all(topics.map((topic) => readWithKcat(brokers, prefix + topic)))).flat()
      const seqs = shown.map(({ headers }) => Number(headers['seq'])).toSorted((a, b) => a - b)
      expect(seqs).toEqual(Array.from({ length: Number(more) }, (_, i) => i + 1))
    },
    60_000,
  )
})
