import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Service } from './service.ts'

/** Where the process that keeps it says how to get in: the password is made anew for each. */
const URL_FILE = 'url'

/** The embedded Postgres, kept by a process of its own until that is told to end. */
export const postgres: Service = {
  name: 'postgres',
  variable: 'DATABASE_URL',
  lacks: () => undefined,
  launch: ({ folder }) =>
    Promise.resolve({
      command: process.execPath,
      args: [join(import.meta.dirname, 'postgres-keeper.ts'), folder, join(folder, URL_FILE)],
    }),
  address: ({ folder }) => readFileSync(join(folder, URL_FILE), 'utf8'),
  answers: async (address) => {
    const client = new pg.Client({ connectionString: address })
    await client.connect()
    await client.end()
    return true
  },
}
