import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { startPostgres } from '../../embedded/postgres.ts'

// node postgres-keeper.ts <folder> <file for the URL>: runs a Postgres until this process is told to end.
const [folder = '', file = ''] = process.argv.slice(2)
chmodSync(folder, 0o711) // Run as root, Postgres has an account of its own that must get in.
const stay = setInterval(() => {}, 3_600_000)
const running = startPostgres({ dataDir: folder, log: (line) => console.log(line) })
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void running.then(({ stop }) => stop()).finally(() => clearInterval(stay)))
}
const { url } = await running
writeFileSync(`${file}.new`, url, { mode: 0o600 })
renameSync(`${file}.new`, file)
