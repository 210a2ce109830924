import pg from 'pg'
import { pino } from 'pino'
import { Mail } from '../access/accounts/mail.ts'
import { createSealer } from '../access/seal.ts'
import { loadConfigOrExit } from '../config.ts'
import { loadSecretKey } from '../embedded/secret-key.ts'
import { openDatabase } from './database.ts'

// Where no mail server is configured this is the way to read what would have been sent.
const config = loadConfigOrExit()
const database = await openDatabase(config)
const pool = new pg.Pool({ connectionString: database.url, max: 1 })
try {
  const sealer = createSealer(loadSecretKey(config))
  const mail = new Mail({ pool, sealer, clock: Date.now, carrier: undefined, log: pino({ enabled: false }) })
  const waiting = await mail.waiting()
  for (const { to, subject, text } of waiting) console.log(`to ${to}: ${subject}\n\n${text}\n${'-'.repeat(60)}`)
  console.log(waiting.length === 0 ? 'no letter waits' : `${waiting.length} waiting, oldest first`)
} finally {
  await pool.end()
  await database.close()
}
