import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { startPostgres } from '../embedded/postgres.ts'

/**
 * The database of the configuration, as it is: nothing is made and nothing migrated. Our own is started for as long as it is
 * used, unless it runs already; where there is none, that is said and the program ends.
 */
export async function openDatabase(config: Config): Promise<Readonly<{ url: string; close: () => Promise<void> }>> {
  if (config.database_url) return { url: config.database_url, close: () => Promise.resolve() }
  if (!existsSync(join(config.data_dir, 'postgres.json')))
    end(`there is no data in ${config.data_dir}: npm start makes a database there, or set DATABASE_URL`)
  const { url, stop } = await startPostgres({ dataDir: config.data_dir, log: (line) => console.error(line) })
  return { url, close: stop }
}

/** What a failed query means for the person who runs a script; its stack for what is not expected. */
export function inWords(error: unknown): string {
  const { code, message, stack } = error as Readonly<{ code?: string; message?: string; stack?: string }>
  if (code === '42P01' || code === '42703' || code === '42883')
    return `the database is not at this version's schema (${message}): npm start brings it there`
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === '28P01' || code === '3D000')
    return `the database of DATABASE_URL cannot be reached: ${message || code}`
  return code === undefined && message !== undefined ? message : (stack ?? String(error))
}

/** Says why and ends the program. */
export function end(message: string): never {
  console.error(message)
  process.exit(1)
}
