import { execFile } from 'node:child_process'
import { join } from 'node:path'

/** What `npm run audit` says of the database: `ok`, or the first thing that is wrong. */
export async function auditOf(databaseUrl: string): Promise<string> {
  const file = join(import.meta.dirname, '..', '..', 'scripts', 'audit.ts')
  const env = { ...process.env, DATABASE_URL: databaseUrl }
  const output = await new Promise<string>((resolve) =>
    execFile(process.execPath, [file], { env, maxBuffer: 1 << 24 }, (_error, stdout) => resolve(stdout)),
  )
  const last = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as { audit?: string; what?: unknown }
  return last.audit === 'ok' ? 'ok' : JSON.stringify(last)
}
