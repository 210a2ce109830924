import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { NewPartnerKey } from '../../access/partner.ts'
import { SETTINGS, type Cluster } from './battles-cluster.ts'

const run = promisify(execFile)
const SCRIPT = join(import.meta.dirname, '../../scripts/partner.ts')

/** A key of a partner of our own tenant, made as an operator makes it; its quota is no limit to what a run asks for. */
export async function partnerKey({ databaseUrl, redis }: Cluster): Promise<NewPartnerKey> {
  const env = { ...process.env, ...SETTINGS, DATABASE_URL: databaseUrl, REDIS_URL: redis.url }
  const partner = (...args: string[]) => run(process.execPath, [SCRIPT, ...args], { env })
  const { stdout } = await partner('create', 'spectator', '--tenant', 'main')
  const said = (word: string): string => new RegExp(`^${word} +(\\S+)$`, 'm').exec(stdout)![1]!
  await partner('quota', 'spectator', '--requests', '1000000', '--events', '1000000')
  return { id: said('key'), secret: said('secret') }
}
