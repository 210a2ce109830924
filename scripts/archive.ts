import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { loadConfigOrExit } from '../config.ts'
import { loadSecretKey } from '../embedded/secret-key.ts'
import { archiveLedger } from '../ledger/archive.ts'
import { checkpointKey } from '../ledger/checkpoint-key.ts'
import { createCheckpoints } from '../ledger/checkpoints.ts'
import { end, inWords, openDatabase } from './database.ts'

const { values: args } = parseArgs({ options: { below: { type: 'string' }, to: { type: 'string' } } })
const config = loadConfigOrExit()
const below = args.below
if (below === undefined || !/^\d{1,15}$/.test(below))
  end('npm run archive -- --below SEQ [--to FOLDER]: moves the oldest whole partitions below that seq into a file')

const database = await openDatabase(config)
const pool = new pg.Pool({ connectionString: database.url, max: 2 })
try {
  // An archive ends at a signed checkpoint: one made now is the newest there can be.
  await createCheckpoints({ pool, key: checkpointKey(loadSecretKey(config)), period_ms: 0 }).publish()
  const folder = args.to ?? join(config.data_dir, 'archive')
  const done = await archiveLedger({ pool, databaseUrl: database.url, folder, below: Number(below) })
  console.log(
    done.type === 'nothing'
      ? `nothing is archived: ${done.why}`
      : `seqs ${done.after_seq + 1} to ${done.last_seq} are in ${done.file}; taken out: ${done.partitions.join(', ')}`,
  )
  console.log(JSON.stringify({ archive: done.type, ...done, type: undefined }))
} catch (error) {
  console.error(inWords(error))
  process.exitCode = 1
} finally {
  await pool.end()
  await database.close()
}
