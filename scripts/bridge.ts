import { parseArgs } from 'node:util'
import pg from 'pg'
import { control, verbs, type Verb } from '../bridge/control.ts'
import { readSinks, type SinkState } from '../bridge/sinks.ts'
import { loadConfigOrExit } from '../config.ts'
import { end, inWords, openDatabase } from './database.ts'

const HELP = `npm run bridge -- status                     every sink: state, cursor, lag, what is wrong; JSON last
npm run bridge -- pause SINK                 leaves it where it is until it is resumed
npm run bridge -- resume SINK                goes on, also after it stopped
npm run bridge -- rewind SINK --to SEQ       writes again what comes after SEQ: its readers see that twice
Speaks to the database of DATABASE_URL; the node that has the sink's turn does it within about a second.`

const { positionals, values } = parseArgs({
  options: { to: { type: 'string' }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const [verb = 'status', sink] = positionals
const isVerb = (word: string): word is Verb => verbs.some((each) => each === word)
if (values.help || positionals.length > 2 || (verb === 'status' ? sink !== undefined : !isVerb(verb) || !sink))
  end(HELP)
if (verb === 'rewind' && !/^\d{1,18}$/.test(values.to ?? '')) end(HELP)

const database = await openDatabase(loadConfigOrExit())
const pool = new pg.Pool({ connectionString: database.url, max: 1 })
try {
  if (isVerb(verb) && sink !== undefined) {
    const isThere = await control(pool, verb, sink, values.to === undefined ? undefined : BigInt(values.to))
    if (!isThere) throw new Error(`there is no sink called ${sink}: npm run bridge -- status shows them`)
    console.log(`asked: ${verb} ${sink}`)
  }
  const sinks = await readSinks(pool)
  for (const each of sinks) console.log(lineOf(each))
  console.log(
    JSON.stringify({ bridge: sinks }, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
  )
} catch (error) {
  console.error(inWords(error))
  process.exitCode = 1
} finally {
  await pool.end()
  await database.close()
}

function lineOf({ name, state, paused, seq, lag_events, lag_s, dead_letters, error }: SinkState): string {
  const asked = paused && state !== 'paused' ? ' (asked to pause)' : ''
  const letters = dead_letters === 0 ? '' : `, ${dead_letters} dead letters`
  const wrong = error === null ? '' : `\n  ${error}`
  return `${name.padEnd(12)} ${state}${asked} at ${seq}, ${lag_events} events and ${lag_s.toFixed(1)} s behind${letters}${wrong}`
}
