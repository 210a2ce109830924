import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../embedded/free-port.ts'
import { kafka } from '../../test/services/kafka.ts'
import { hasKcat, readWithKcat } from '../../test/services/kcat.ts'
import { kill, start, stop, type Started } from '../../test/services/process.ts'
import { hasService } from '../../test/services/shared.ts'
import { eventsOf, LINEAGE } from '../sink-spec.ts'
import type { Sasl } from './client.ts'
import { KafkaSink } from './sink.ts'

const canRun = hasService(kafka) && hasKcat()
const TRANSACTION_MS = 5_000
const floor = (seq: bigint) => ({ lineage: LINEAGE, seq })

let broker: Started
let guarded: string
let pool: pg.Pool

/** A broker of its own, to be killed, with a second door at which one signs in. */
beforeAll(async () => {
  if (!canRun) return
  pool = new pg.Pool() // Never asked: there are no dead letters here.
  const folder = mkdtempSync(join(tmpdir(), 'rollingdrop-kafka-'))
  const [port, second] = [await freePort(), await freePort()]
  guarded = `127.0.0.1:${second}`
  const launch: typeof kafka.launch = async (at) => {
    const launched = await kafka.launch(at)
    addDoor(join(folder, 'server.properties'), second)
    return launched
  }
  broker = await start({ ...kafka, launch }, { folder, port })
})
afterAll(async () => {
  if (!canRun) return
  await stop(broker)
  rmSync(broker.folder, { recursive: true, force: true })
  await pool.end()
})

function addDoor(file: string, port: number): void {
  const [listeners, advertised] = ['listeners', 'advertised.listeners'].map(
    (name) => new RegExp(`^${name}=(.*)$`, 'm').exec(readFileSync(file, 'utf8'))![1]!,
  )
  const door = `GUARDED://127.0.0.1:${port}`
  const module = 'org.apache.kafka.common.security.plain.PlainLoginModule'
  appendFileSync(
    file,
    [
      `listeners=${listeners},${door}`,
      `advertised.listeners=${advertised},${door}`,
      'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,GUARDED:SASL_PLAINTEXT',
      'listener.name.guarded.sasl.enabled.mechanisms=PLAIN',
      `listener.name.guarded.plain.sasl.jaas.config=${module} required user_relay="right";`,
      '',
    ].join('\n'),
  )
}

function openable(prefix: string, brokers: string, sasl?: Sasl): KafkaSink {
  const plain = { ssl: false, replicas: 0, transaction_ms: TRANSACTION_MS, registryUrl: '', region: 'test' }
  const partners = () => Promise.resolve([])
  return new KafkaSink({ ...plain, brokers: [brokers], sasl, prefix, partners, pool, log: { warn: () => {} } })
}

describe.skipIf(!canRun)('a broker', () => {
  test('that refuses our password is said to; with the right one we write', async () => {
    const user = { mechanism: 'plain', username: 'relay' } as const
    const stranger = openable('a.', guarded, { ...user, password: 'wrong' })
    await expect(stranger.open(floor(0n))).rejects.toThrow(/refuses our user/)
    const known = openable('a.', guarded, { ...user, password: 'right' })
    expect(await known.open(floor(0n))).toBe(0n)
    await known.write(eventsOf(1, 2), 2n)
    await known.close()
    expect(await readWithKcat(broker.address, 'a.transaction-events')).toHaveLength(2)
  }, 60_000)

  test('that is killed under a sink is said to be away, and when it is back every event is there once', async () => {
    const sink = openable('b.', broker.address)
    await sink.open(floor(0n))
    await sink.write(eventsOf(1, 50), 50n)
    await kill(broker)
    const began = performance.now()
    await expect(sink.write(eventsOf(51, 80), 80n)).rejects.toThrow(/cannot be reached/)
    await sink.close()
    expect(performance.now() - began).toBeLessThan(2 * TRANSACTION_MS)
    broker = await start(kafka, broker)
    const again = openable('b.', broker.address)
    const cursor = Number(await again.open(floor(50n)))
    await again.write(eventsOf(cursor + 1, 100), 100n)
    await again.close()
    const seqs = (await readWithKcat(broker.address, 'b.transaction-events')).map(({ headers }) =>
      Number(headers['seq']),
    )
    expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
  }, 90_000)
})
