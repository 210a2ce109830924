// A process that commits without pause until it is told to stop. What it submits and what it is told goes to stdout at once,
// so that nothing of it is lost with the process:
//   s <id>            submitted
//   a <id> <seq>      acknowledged, first seq
//   r <id> <code>     refused: it is not there
//   u <id> <code>     given up: it may be there
import { writeSync } from 'node:fs'
import { openLedger } from '../../ledger/open.ts'
import { toRollingDropError } from '../../schema/errors.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { outcomeOf } from './ledger-outcome.ts'

const CALLERS = 48
const DOUBT = new Set(['ledger/unavailable', 'ledger/overloaded', 'server/internal'])

const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())

const { ledger, close } = await openLedger({ databaseUrl: process.argv[2]!, failed: () => {} })
say('ready')
await Promise.all(Array.from({ length: CALLERS }, submitUntilStopped))
await close()
say('done')

async function submitUntilStopped(): Promise<void> {
  while (!stop.signal.aborted) {
    const id = uuidv7()
    say(`s ${id}`)
    try {
      const { first_seq } = await ledger.commit(outcomeOf(id))
      say(`a ${id} ${first_seq}`)
    } catch (error) {
      const { code } = toRollingDropError(error)
      say(`${DOUBT.has(code) ? 'u' : 'r'} ${id} ${code}`)
    }
  }
}

function say(line: string): void {
  writeSync(1, `${line}\n`)
}
