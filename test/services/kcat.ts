import { spawn, spawnSync } from 'node:child_process'
import { requireService } from '../services.ts'

export const hasKcat = (): boolean => requireService('kcat', spawnSync('kcat', ['-V']).status === 0)

/** A message as Debian's `kcat` shows it, a reader of Kafka that is not of ours. */
export type Shown = Readonly<{
  partition: number
  offset: bigint
  key: string
  headers: Readonly<Record<string, string>>
  bytes: number
}>

/** Everything committed in a topic, partition by partition. */
export async function readWithKcat(brokers: string, topic: string): Promise<readonly Shown[]> {
  const format = String.raw`%p\t%o\t%S\t%k\t%h\n`
  const options = ['-X', 'isolation.level=read_committed', '-X', 'fetch.wait.max.ms=20', '-o', 'beginning', '-e', '-q']
  const text = await run('kcat', ['-b', brokers, '-C', '-t', topic, ...options, '-f', format])
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'))
  const shown = lines.map(([partition, offset, bytes, key, headers = '']) => ({
    partition: Number(partition),
    offset: BigInt(offset!),
    bytes: Number(bytes),
    key: key!,
    headers: Object.fromEntries(headers.split(',').map((header) => header.split('=') as [string, string])),
  }))
  return shown.toSorted((a, b) => a.partition - b.partition || Number(a.offset - b.offset))
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let [said, wrong] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (wrong += text))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(said)
      else reject(new Error(`${command} failed (${code}): ${wrong.slice(-500)}`))
    })
  })
}
