import { parseArgs } from 'node:util'
import { benchAnalytics } from './bench/analytics.ts'
import { benchFeed } from './bench/feed.ts'
import { benchHttp } from './bench/http.ts'
import { benchLedger } from './bench/ledger.ts'
import { benchLedgerReads } from './bench/ledger-reads.ts'
import { benchLedgerSoak } from './bench/ledger-soak.ts'
import { benchRelay } from './bench/relay.ts'
import { benchRooms } from './bench/rooms.ts'
import { whole } from './whole.ts'

const HELP = `npm run bench -- ledger [--quick]            commits, beside a transaction per outcome
npm run bench -- ledger-reads [--outcomes 1000000]  every read, and the sizes of the tables
npm run bench -- ledger-soak [--outcomes 5000000]   memory over many commits
npm run bench -- rooms [--quick]             battles, beside an empty room of Colyseus that shows the same
npm run bench -- feed [--quick]              the feed, beside ws and a broadcast of Colyseus
npm run bench -- http [--quick]              openings and reads over HTTP, beside a transaction each on plain Hono
npm run bench -- analytics [--quick]         every question of the analytics, over 1 M events in Postgres, 10 M in ClickHouse
npm run bench -- relay [--quick]             events into Kafka and ClickHouse, and how long one takes there
Runs on this machine alone and ends with one line of JSON.`

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    outcomes: { type: 'string', default: '1000000' },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const log = (line: string): void => void process.stdout.write(`${line}\n`)

const benches: Readonly<Record<string, () => Promise<object>>> = {
  ledger: () => benchLedger({ quick: values.quick, log }),
  analytics: () => benchAnalytics({ quick: values.quick, log }),
  feed: () => benchFeed({ quick: values.quick, log }),
  http: () => benchHttp({ quick: values.quick, log }),
  relay: () => benchRelay({ quick: values.quick, log }),
  rooms: () => benchRooms({ quick: values.quick, log }),
  'ledger-reads': () => benchLedgerReads({ outcomes: whole(values.outcomes, 'outcomes', 50_000, 50_000_000), log }),
  'ledger-soak': () => benchLedgerSoak({ outcomes: whole(values.outcomes, 'outcomes', 10_000, 50_000_000), log }),
}

const bench = benches[positionals.join()]
if (bench === undefined || values.help) {
  log(HELP)
  process.exitCode = values.help ? 0 : 1
} else {
  log(JSON.stringify(await bench()))
}
