import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import kafkajs from 'kafkajs'
import { freePort } from '../../embedded/free-port.ts'
import { CACHE } from './home.ts'
import type { Service } from './service.ts'

const VERSION = '4.1.0'
const JARS = join(CACHE, `kafka-${VERSION}`)

/** One broker of Apache Kafka that is its own controller (KRaft), from the jars of Maven. */
export const kafka: Service = {
  name: 'kafka',
  variable: 'KAFKA_BROKERS',
  lacks: () => {
    if (spawnSync('java', ['-version']).status !== 0) return 'a Java runtime (on Debian: openjdk-17-jre-headless)'
    return existsSync(JARS) ? undefined : `the jars of Kafka ${VERSION} (npm test brings them)`
  },
  launch: async ({ folder, port }) => {
    const properties = join(folder, 'server.properties')
    // Over a folder that has one it is the same broker again, as after a crash.
    if (!existsSync(properties)) {
      writeFileSync(properties, settings(folder, port, await freePort()))
      const id = randomBytes(16)
      id[0]! &= 0x7f // The tool takes a name that begins with a hyphen for an option.
      await java(
        [...JVM, 'kafka.tools.StorageTool', 'format', '-t', id.toString('base64url'), '-c', properties],
        folder,
      )
    }
    return { command: 'java', args: ['-Xmx512m', '-Xms256m', ...JVM, 'kafka.Kafka', properties] }
  },
  address: ({ port }) => `127.0.0.1:${port}`,
  answers: async (address) => {
    const client = new kafkajs.Kafka({
      brokers: [address],
      logLevel: kafkajs.logLevel.NOTHING,
      connectionTimeout: 1000,
      retry: { retries: 0 },
    })
    const admin = client.admin()
    try {
      await admin.connect()
      return (await admin.describeCluster()).brokers.length > 0
    } finally {
      await admin.disconnect()
    }
  },
}

/** Fetches the jars once for all checkouts. Needs Maven. */
export async function installKafka(): Promise<void> {
  if (existsSync(JARS)) return
  const partial = `${JARS}.partial-${process.pid}`
  mkdirSync(partial, { recursive: true })
  try {
    writeFileSync(join(partial, 'pom.xml'), POM)
    await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=libs'], partial)
    if (readdirSync(join(partial, 'libs')).length === 0) throw new Error('Maven brought no jars')
    mkdirSync(dirname(JARS), { recursive: true })
    // Renamed when whole: a download that was cut short is never taken for a broker.
    if (!existsSync(JARS)) renameSync(partial, JARS)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** The class path, and no compiler that would need seconds of both cores for a broker that lives for a minute. */
const JVM = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', join(JARS, 'libs', '*')]

const settings = (folder: string, port: number, controller: number): string => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=${join(folder, 'data')}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
group.initial.rebalance.delay.ms=0
log.cleaner.enable=false
log.index.size.max.bytes=65536
`

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>rollingdrop</groupId><artifactId>kafka</artifactId><version>1</version>
<dependencies><dependency>
<groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version>
</dependency></dependencies>
</project>
`

const java = (args: readonly string[], cwd: string): Promise<void> => run('java', args, cwd)

function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${command} failed (${code}): ${said.trim().slice(-600)}`))
    })
  })
}
