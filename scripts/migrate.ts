import { loadConfigOrExit } from '../config.ts'
import { migrate } from '../ledger/migrate.ts'

const { database_url } = loadConfigOrExit()
if (database_url === '') {
  process.stderr.write('DATABASE_URL names no database; our own is migrated whenever it starts\n')
  process.exitCode = 1
} else {
  await migrate(database_url)
  process.stdout.write('the database has the newest schema\n')
}
