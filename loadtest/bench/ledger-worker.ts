// One of several processes that write to one database: opens the ledger, says `ready`, runs when told, prints its run.
import { once } from 'node:events'
import { openLedger } from '../../ledger/open.ts'
import { runClosed } from './ledger-load.ts'

const [databaseUrl, seconds] = process.argv.slice(2)
const { ledger, close } = await openLedger({ databaseUrl: databaseUrl! })
process.stdout.write('ready\n')
await once(process.stdin, 'data')
const run = await runClosed(ledger, 'uniform', Number(seconds))
await close()
process.stdout.write(`${JSON.stringify(run)}\n`)
process.stdin.destroy()
